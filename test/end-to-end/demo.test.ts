import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { median } from '../../src/domain/measurements/statistics.ts';
import { findExecutable } from '../../src/processes/find-executable.ts';
import { isPortFree } from '../../src/processes/ports.ts';
import { commandLine, eventually } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import type { Ended } from './command-line.ts';
import { requireUsualPorts, type as typeInto, type Typed } from './shell.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bareEnvironment } from '../support/environment.ts';

const root = join(import.meta.dirname, '..', '..');
const skips = temporalCli === null && process.env['CI'] !== 'true';

describe.skipIf(skips)('the demo', () => {
  let folder: string;
  let typed: Typed | null = null;

  beforeEach(() => {
    folder = temporaryFolder('demo-test');
  });
  afterEach(async () => {
    await typed?.ctrlC();
    typed = null;
    expect(processesOf(folder).map(commandLine)).toEqual([]);
  });

  /** Every process of this test has its folder in its environment or in its command line. */
  const demo = (command: string, variables: Record<string, string> = {}): Typed => {
    typed = typeInto(
      command,
      root,
      bareEnvironment({ NO_COLOR: '1', TMPDIR: folder, TEMPORAL_CLI: temporalCli!, ...variables })
    );
    return typed;
  };
  const demoFolders = (): string[] => readdirSync(folder).filter((name) => name.startsWith('fleetmark-demo-'));

  test('leaves no key behind if interrupted before anything is measured', async () => {
    // Not through npm, which has an exit code of its own after Ctrl-C.
    const running = demo(`${process.execPath} scripts/from-source.mjs demo`);
    await eventually(demoFolders, (names) => names.length > 0);
    const { exitCode, stdout, stderr } = await running.ctrlC();
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('First:');
    expect(demoFolders()).toEqual([]);
  });

  test('leaves nothing behind if it is killed midway', async () => {
    const running = demo('npm run -s demo');
    await running.waitFor(/^Now the whole fleet/m);
    const pids = processesOf(folder);
    const pid = pids.find((each) => /^\S*node scripts\/from-source\.mjs demo/.test(commandLine(each)));
    for (const part of ['demo-fleet-process', 'server start-dev']) {
      expect(pids.map(commandLine)).toContainEqual(expect.stringContaining(part));
    }
    process.kill(pid!, 'SIGKILL');
    const { stderr } = await running.ended;
    await eventually(
      () => processesOf(folder).map(commandLine),
      (left) => left.length === 0,
      10_000
    );
    const [, port] = /^Temporal at 127\.0\.0\.1:(\d+),/m.exec(stderr)!;
    expect(await isPortFree(Number(port))).toBe(true);
  });

  test('with --keep says which programs may use its ports', async () => {
    await requireUsualPorts();
    const other = createServer().listen(8233, '127.0.0.1');
    await once(other, 'listening');
    const { exitCode, stderr } = await demo(`${process.execPath} scripts/from-source.mjs demo --keep`).ended;
    other.close();
    expect(stderr).toMatch(
      /^fleetmark: port 8233 of 127\.0\.0\.1 is in use; the demo with --keep needs 7233 and 8233: /m
    );
    expect(stderr).not.toContain('configuration file');
    expect(exitCode).toBe(2);
    expect(demoFolders()).toEqual([]);
  });

  test('with --json and --keep prints only its report, needs neither sysbench nor openssl, and stays up until Ctrl-C', async () => {
    await requireUsualPorts();
    const PATH = await programsWithout(folder, ['sysbench', 'openssl', 'clpeak']);
    const running = demo(`${process.execPath} scripts/from-source.mjs demo --json --keep`, { PATH });
    await running.waitFor(/^Staying up: Temporal at 127\.0\.0\.1:7233, Web UI at http:\/\/127\.0\.0\.1:8233\./m);
    const page = await fetch('http://127.0.0.1:8233/namespaces/default/workflows');
    expect(page.ok).toBe(true);
    await page.body?.cancel();

    const ended = await running.ctrlC();
    if (!isTooBusy(ended)) {
      expect(ended.stderr).toContain('; measured by node\n');
      const { benchmarks } = reportOf(ended).servers[0]!;
      expect(benchmarks[0]).toMatchObject({ benchmark: 'cpu', tool: 'command' });
      expect(demoFolders()).toHaveLength(ended.exitCode === 0 ? 0 : 1);
    }
    // A process that is ending may still be listed.
    await eventually(
      () => processesOf(folder).map(commandLine),
      (left) => left.length === 0,
      10_000
    );
    await requireUsualPorts();
  });
});

/**
 * The report on standard output. Most verdicts depend on the speed of this machine. Certain are only these: the verdicts
 * match the exit code, one server is unreachable, and one is slower than the others.
 */
function reportOf({ stdout, stderr, exitCode }: Ended): FleetReport {
  const report = JSON.parse(stdout) as FleetReport;
  const ids = ['demo-1', 'demo-2', 'demo-3', 'demo-4', 'demo-slow', 'demo-unreachable'];
  expect(report.servers.map(({ serverId }) => serverId)).toEqual(ids);
  expect(report.errored).toContain('demo-unreachable');
  expect(report.servers[5]?.error?.type).toBe('ServerUnreachable');

  const speeds = report.servers.slice(0, 5).map(({ benchmarks }) => benchmarks[0]!.measurements[0]!.value);
  expect(speeds[4]).toBeLessThan(median(speeds.slice(0, 4)));

  const staged = { failed: ['demo-slow'], errored: ['demo-unreachable'], pass: 4 };
  const found = { failed: report.failed, errored: report.errored, pass: report.counts.pass };
  const isRight = JSON.stringify(found) === JSON.stringify(staged);
  expect(exitCode).toBe(isRight ? 0 : 1);
  expect(stderr).toContain(isRight ? 'As expected: demo-slow is slow' : 'Not as expected: ');
  return report;
}

/** A busy machine: the demo says so, and then does not compare its results with the expected ones. */
function isTooBusy({ exitCode, stdout, stderr }: Ended): boolean {
  if (!stderr.includes('This machine is doing other work: ')) return false;
  expect(stderr).not.toContain('Not as expected: ');
  const wasLearnt = stdout !== '' || stderr.includes('Now the whole fleet');
  expect(wasLearnt || stderr.includes('These results are unreliable: ')).toBe(true);
  expect(exitCode).toBe(3);
  return true;
}

/** Processes that have a text in their environment or command line; zombies have neither. */
function processesOf(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => commandLine(pid).includes(text) || environmentHolds(pid, text));
}

function environmentHolds(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
  } catch {
    return false;
  }
}

/** A folder for the PATH with the programs that a server needs, without the named ones. */
async function programsWithout(folder: string, names: readonly string[]): Promise<string> {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const needed = ['cat', 'env', 'getconf', 'grep', 'head', 'nproc', 'sed', 'sh', 'sleep', 'taskset', 'uname'];
  for (const name of needed) {
    const file = await findExecutable(name, process.env['PATH']);
    if (file !== null) symlinkSync(file, join(programs, name));
  }
  for (const name of names) expect(await findExecutable(name, programs)).toBeNull();
  return programs;
}
