import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregate, type FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import type { Readiness } from '../../../src/domain/checks/readiness.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import { unmeasuredRow, type BenchmarkRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { checkText } from '../../../src/reports/checks/check-text.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';
import { hostileText } from '../hostile-text.ts';

const elapsed = { startedAt: '2026-11-24T02:00:01.000Z', seconds: 2 };
const gpus = [{ model: 'NVIDIA H100 80GB HBM3', count: 8 }];
const machine = { system: 'Debian GNU/Linux 12', cpuModel: 'AMD EPYC 9654', cpus: 16, memoryMib: 64_000, gpus: [] };
const nothing = { seconds: null, measurements: [], shortfalls: [], evidence: null };

function benchmark(name: string, error: BenchmarkRow['error'] = null, verdict: 'pass' | 'skip' | 'error' = 'pass') {
  return {
    benchmark: name,
    verdict,
    reason: error?.message ?? null,
    error,
    tool: error ? null : 'sysbench',
    ...nothing,
  };
}

function facts(serverId: string) {
  return { serverId, hardwareClass: 'default', classBy: 'group web', machine, ...elapsed };
}

function checked(serverId: string, changes: Partial<Readiness> = {}, more: BenchmarkRow[] = [], notes: string[] = []) {
  const row = judgedRow(facts(serverId), [benchmark('cpu'), ...more], notes);
  return { ...row, readiness: exampleReadiness(changes) };
}

function reportOf(servers: ServerRow[], note: string | null = null): FleetReport {
  const run = {
    run: 'fleet-1',
    temporalRunId: 't',
    checkOnly: true,
    startedAt: elapsed.startedAt,
    seconds: 12,
  } as const;
  return aggregate({ ...run, note }, servers);
}

const unreachable = unmeasuredRow('gone', 'error', {
  type: 'ServerUnreachable',
  message: 'cannot connect to 10.0.0.9:22',
});
const noGpu = benchmark('gpu', { type: 'DeviceMissing', message: 'no GPU to measure' }, 'skip');
const noTool = benchmark('gpu', { type: 'ToolMissing', message: 'gpu needs clpeak: apt-get install clpeak' }, 'skip');

test('with details all servers are shown in full, those that are not ready last', () => {
  const text = checkText(reportOf([unreachable, checked('web-1', {}, [noGpu])]), { withDetails: true });
  expect(text).toBe(`2 servers checked in 12s: 1 ready, 1 error

web-1 ready
  login   bench, host key SHA256:${'x'.repeat(43)} known
  system  Debian GNU/Linux 12, kernel 6.1.0-18-amd64
  machine 16 CPUs (AMD EPYC 9654), 62.5 GiB memory, no GPU
  class   default (group web)
  tools   cpu: sysbench
          cpu: no openssl: apt-get install openssl
  jobs in /var/tmp/.fleetmark.1000, 120 GiB free
  clock   correct within 0.6 s

gone error ServerUnreachable: cannot connect to 10.0.0.9:22

ServerUnreachable: Check that the server is up, and that the worker can reach its address and port.
`);
});

test('a duplicate id names the other id of the machine, and a class without a rule is shown once', () => {
  const second = unmeasuredRow('web-1b', 'skip', null, 'the same machine as web-1 (10.0.0.1:22)');
  const text = checkText(reportOf([second, { ...checked('web-1'), classBy: 'default' }]), { withDetails: true });
  expect(text).toContain('\n  class   default\n');
  expect(text).toMatch(/\nweb-1b skip the same machine as web-1 \(10\.0\.0\.1:22\)\n$/);
});

test('a server that is ready is one line within 80 columns, with a line below for each problem; others have details', () => {
  const servers = Array.from({ length: 500 }, (_, index) => checked(`web-${index}`, {}, [noGpu]));
  const late = checked('web-500', {}, [], ["its clock is 7 s behind the worker's"]);
  const accepted = { ...exampleReadiness().hostKey, trusted: 'accepted' } as const;
  const h100 = { ...checked('gpu-1', { hostKey: accepted }, [noTool]), machine: { ...machine, gpus } };
  const lines = checkText(reportOf([unreachable, ...servers, late, h100])).split('\n');
  expect(lines[0]).toBe('503 servers checked in 12s: 502 ready, 1 error');
  expect(lines[2]).toBe('web-0   ready default 16 CPUs 62.5 GiB no GPU                    sysbench');
  expect(lines.slice(502, 508)).toEqual([
    'web-500 ready default 16 CPUs 62.5 GiB no GPU                    sysbench',
    "  its clock is 7 s behind the worker's",
    'gpu-1   ready default 16 CPUs 62.5 GiB 8 x NVIDIA H100 80GB HBM3 sysbench',
    '  gpu is skipped: gpu needs clpeak: apt-get install clpeak',
    `  new host key SHA256:${'x'.repeat(43)}`,
    '',
  ]);
  expect(lines[508]).toContain('use --verbose');
  expect(lines[510]).toBe('gone error ServerUnreachable: cannot connect to 10.0.0.9:22');
  expect(Math.max(...lines.slice(0, 508).map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test.each([40, 60])('on a terminal of %d columns, no line is wider', (width) => {
  const text = checkText(reportOf([unreachable, checked('web-1', {}, [noTool])]), { width });
  expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
  expect(checkText(reportOf([checked('web-1')]), { width, withDetails: true })).toContain('\n  login ');
});

test('process limits are shown in full reports and in short ones', () => {
  const limits = { quotaCpus: 0.1, cpuSeconds: 60, memoryKib: 2_097_152 };
  const row = checked('web-1', { limits });
  const note = 'limited to a CPU quota of 0.1 CPUs, 60 s of CPU time per process (ulimit -t), 2,048 MiB of memory';
  expect(checkText(reportOf([row]), { withDetails: true })).toContain(`  note    ${note}\n`);
  expect(checkText(reportOf(Array.from({ length: 9 }, () => row)))).toContain(`\n  ${note}\n`);
  const none = { quotaCpus: null, cpuSeconds: null, memoryKib: null };
  expect(checkText(reportOf([checked('web-1', { limits: none })]), { withDetails: true })).not.toContain('limited to');
});

function busy(serverId: string, notes: string[] = []): ServerRow {
  const message = 'this server is busy with other work: others use 90 %';
  const row = checked(serverId, { otherWork: 'others use 90 %' }, [], notes);
  return { ...row, verdict: 'busy', reason: message, error: { type: 'ServerBusy', message } };
}

test('a busy server is one line that says why, with all details only on request', () => {
  const fleet = reportOf(Array.from({ length: 19 }, (_, index) => busy(`web-${index + 1}`)));
  const [head, empty, ...lines] = checkText(fleet).split('\n');
  expect([head, empty]).toEqual(['19 servers checked in 12s: 0 ready, 19 busy', '']);
  expect(lines[0]).toBe('web-1  busy ServerBusy: this server is busy with other work: others use 90 %');
  expect(lines.filter((line) => line.startsWith('web-'))).toHaveLength(19);
  expect(lines.slice(19).filter((line) => line !== '')).toEqual([
    expect.stringContaining('use --verbose'),
    expect.stringMatching(/^ServerBusy: Wait/),
  ]);
  expect(checkText(fleet, { withDetails: true }).match(/^ {2}others {2}others use 90 %$/gm)).toHaveLength(19);
});

test('a busy server and one that another run uses are in one list, before errors', () => {
  const inUse = unmeasuredRow('web-2', 'busy', null, 'in use by fleet-2');
  const broken = checked('web-4', {}, [benchmark('gpu', { type: 'ToolMissing', message: 'no clpeak' }, 'error')]);
  const text = checkText(reportOf([broken, busy('web-1', ['its clock is 7 s late']), inUse, checked('web-3')]));
  expect(text).toContain(`web-3 ready default 16 CPUs 62.5 GiB no GPU sysbench

web-1 busy ServerBusy: this server is busy with other work: others use 90 %; its clock is 7 s late
web-2 busy in use by fleet-2

For login`);
  expect(text).toContain('\nweb-4 error\n  login ');
});

test('a server that skips all benchmarks is one line, with a line below for each problem', () => {
  const skipped = judgedRow(facts('db-1'), [noGpu], ['its clock is 7 s late']);
  const text = checkText(reportOf([{ ...skipped, readiness: exampleReadiness() }]));
  expect(text).toContain('\ndb-1 skip default 16 CPUs 62.5 GiB no GPU sysbench\n  its clock is 7 s late\n\nFor login');
});

test('a server that has no folder for jobs says so once', () => {
  const obstacle = { type: 'HostUnsuitable', message: 'its disk is full' };
  const full: ServerRow = {
    ...checked('web-2', { jobs: null, obstacle }),
    ...{ verdict: 'error', reason: obstacle.message, error: obstacle },
  };
  const text = checkText(reportOf([full, busy('web-1')]));
  expect(text.indexOf('web-1 busy')).toBeLessThan(text.indexOf('web-2 error'));
  expect(text).toContain('  jobs in nowhere\n');
  expect(text.match(/its disk is full/g)).toHaveLength(1);
});

test('text from a server cannot control the terminal or start a line', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(1, 20), (said, count) => {
      const tool = { benchmark: said, tool: said, found: false, install: said };
      const found = { user: said, kernel: said, tools: [tool], jobs: { folder: said, freeKib: 1 }, otherWork: said };
      const row: ServerRow = {
        ...checked('web-1', { ...found, hostKey: { fingerprint: said, trusted: 'accepted' } }),
        ...{ verdict: 'error', reason: said, error: { type: said, message: said }, notes: [said], hardwareClass: said },
        machine: { ...machine, system: said, cpuModel: said, gpus: [{ model: said, count: 1 }] },
      };
      const text = checkText(
        reportOf(
          Array.from({ length: count }, () => row),
          said
        )
      );
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
      const begins =
        /^(\d+ servers? checked|note: |note:$|web-1 error|For login, system, tools, free space and clock, | {2}|$)/;
      for (const line of text.split('\n')) expect(line).toMatch(begins);
    }),
    { numRuns: 50 }
  );
});
