import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { readFileSync } from 'node:fs';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { allOff, configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { scriptedConnection, scriptedSsh, type Script, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

function fixture(path: string): string {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');
}

async function withWorker(
  configuration: Configuration,
  script: Script,
  body: (worker: TestWorker, ssh: ScriptedSsh) => Promise<void>,
  otherWork?: () => string
): Promise<void> {
  const ssh = scriptedSsh(script, otherWork);
  const worker = await startWorker(
    temporal,
    workflowBundle,
    createActivities({ configuration: async () => configuration, ssh })
  );
  try {
    await body(worker, ssh);
  } finally {
    await worker.stop();
  }
}

async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().then(
    (result: unknown) => new Error(`it completed: ${JSON.stringify(result)}`),
    (reason: unknown) => reason
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw error;
}

test('started by hand, it runs as the child that is the mutex, and completes with its row', async () => {
  await withWorker(
    configurationOf({ servers: ['hand-1'] }),
    () => 'score: 7',
    async (worker) => {
      const handle = await worker.start('benchmarkServer', [{ serverId: 'hand-1' }]);
      const row = (await handle.result()) as ServerRow;
      expect(row).toMatchObject({ serverId: 'hand-1', verdict: 'measured' });
      const child = await temporal.client.workflow.getHandle('server/hand-1').describe();
      expect(child.parentExecution?.workflowId).toBe(handle.workflowId);
      expect(await child.staticSummary()).toBe('hand-1');
    }
  );
});

test('every activity after the plan must reach the same machine, on any worker', async () => {
  const configuration = configurationOf({ servers: ['same-1'], benchmarks: [scoreBenchmark('cpu')] });
  await withWorker(
    configuration,
    () => 'score: 7',
    async (worker, ssh) => {
      await (await worker.start('benchmarkServer', [{ serverId: 'same-1' }])).result();
      // The machine facts, the probe, the job, and its removal.
      expect(ssh.targets).toEqual(Array(4).fill(scriptedConnection.target));
    }
  );
});

test('a slow server fails with PerformanceBelowExpected, not retried, with all shortfalls', async () => {
  const benchmarks = [scoreBenchmark('cpu'), scoreBenchmark('gpu')];
  const expectations = { 'cpu.score': { min: 50 }, 'gpu.score': { reference: 100, tolerance: 0.1 } };
  const configuration = configurationOf({ servers: ['short-1'], benchmarks, expect: expectations });
  await withWorker(
    configuration,
    () => 'score: 40',
    async (worker) => {
      const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'short-1' }]));
      expect(failure).toMatchObject({ type: 'PerformanceBelowExpected', nonRetryable: true, category: 'BENIGN' });
      const row = failure.details?.[0] as ServerRow;
      expect(row.benchmarks.flatMap((each) => each.shortfalls)).toMatchObject([
        { metric: 'cpu.score', measured: 40, expected: 50 },
        { metric: 'gpu.score', measured: 40, expected: 90 },
      ]);
    }
  );
});

test('a server with wrong results fails with the type WrongResult', async () => {
  const configuration = configurationOf({ servers: ['wrong-1'], expect: { 'cpu.score': { max: 0 } } });
  await withWorker(
    configuration,
    () => 'score: 3',
    async (worker) => {
      const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'wrong-1' }]));
      expect(failure).toMatchObject({ type: 'WrongResult', nonRetryable: true, category: 'BENIGN' });
      expect((failure.details?.[0] as ServerRow).verdict).toBe('fail');
    }
  );
});

test('a listed device that is not a GPU is noted, and not counted', async () => {
  const emulator = fixture('clpeak/pocl.txt').replace('CL_DEVICE_TYPE_CPU', 'CL_DEVICE_TYPE_ACCELERATOR');
  const gpu = scoreBenchmark('gpu', { command: null });
  const expected = { 'gpu.devices': { min: 1 } };
  const configuration = configurationOf({ servers: ['fpga-1'], benchmarks: [gpu], expect: expected });
  await withWorker(
    configuration,
    () => emulator,
    async (worker) => {
      const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'fpga-1' }]));
      expect(failure.details?.[0]).toMatchObject({
        verdict: 'fail',
        notes: [
          'gpu: not counted, because it has no PCI address: "pthread-skylake-avx512-AMD EPYC" of "Portable Computing Language"',
        ],
        benchmarks: [{ error: { type: 'DeviceMissing', message: 'no GPU: clpeak found none' } }],
      });
    }
  );
});

test('the next benchmark runs after a failed one, and fail beats error', async () => {
  const benchmarks = [scoreBenchmark('cpu'), scoreBenchmark('gpu')];
  const expectations = { 'cpu.score': { min: 50 }, 'gpu.score': { min: 50 } };
  const configuration = configurationOf({ servers: ['mixed-1'], benchmarks, expect: expectations });
  const script: Script = ({ command }) => (/measure cpu/.test(command) ? 'no number' : 'score: 1');
  await withWorker(configuration, script, async (worker) => {
    const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'mixed-1' }]));
    expect(failure.type).toBe('PerformanceBelowExpected');
    const row = failure.details?.[0] as ServerRow;
    expect(row.benchmarks.map((each) => each.verdict)).toEqual(['error', 'fail']);
  });
});

test('contradicting samples are measured again, then judged together', async () => {
  const benchmarks = [scoreBenchmark('cpu', { samples: 3 })];
  const expectations = { 'cpu.score': { reference: 100, tolerance: 0.1 } };
  const configuration = configurationOf({ servers: ['noisy-1'], benchmarks, expect: expectations });
  const scores = [60, 80, 120, 100, 100, 100];
  await withWorker(
    configuration,
    () => `score: ${scores.shift()}`,
    async (worker, ssh) => {
      const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'noisy-1' }]));
      expect(failure.type).toBe('Inconclusive');
      expect(ssh.started).toHaveLength(6);
      expect(new Set(ssh.started.map((job) => job.jobId)).size).toBe(6);
      const row = failure.details?.[0] as ServerRow;
      expect(row.benchmarks[0]?.error?.message).toBe(
        '6 samples of cpu.score contradict each other: from 60 to 120 points, on both sides of the limit >= 90 (median 100)'
      );
      expect(row.benchmarks[0]?.measurements[0]).toMatchObject({ samples: 6, value: 100 });
      expect(row.notes).toEqual([
        'cpu was measured again: the first 3 samples of cpu.score contradict each other: from 60 to 120 points, on both sides of the limit >= 90 (median 80)',
      ]);
    }
  );
});

/** A sample of one second during which other programs used this percentage of the CPU time. */
function cpuLines(percent: number): string[] {
  return ['cpu  0 0 0 0 0 0 0 0 0 0', `cpu  ${percent} 0 0 ${100 - percent} 0 0 0 0 0 0`];
}

test('a server with other work is busy and not measured, also in a fleet', async () => {
  const configuration = configurationOf({ servers: ['busy-1'], quiet: { ...allOff, cpu: 0.2 } });
  const work = (): string => ['@@ fleetmark work @@', ...cpuLines(90)].join('\n');
  const run = async (worker: TestWorker, ssh: ScriptedSsh): Promise<void> => {
    const failure = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'busy-1' }]));
    expect(failure).toMatchObject({ type: 'ServerBusy', nonRetryable: true, category: 'BENIGN' });
    expect(failure.details?.[0]).toMatchObject({ verdict: 'busy', error: { type: 'ServerBusy' }, benchmarks: [] });
    const report = (await (await worker.start('benchmarkFleet', [])).result()) as FleetReport;
    expect(report).toMatchObject({ counts: { busy: 1 }, failed: [], errored: [] });
    expect(report.servers[0]?.error?.message).toBe(
      'this server is busy with other work: others use 90 % of its CPU time (limit 20 %)'
    );
    expect(ssh.started).toEqual([]);
  };
  await withWorker(configuration, () => 'score: 1', run, work);
});

test('evenIfBusy measures a busy server and marks its row; a low result under other load is not a fail', async () => {
  const quiet = { ...allOff, cpu: 0.2, otherLoad: 0.15 };
  const configuration = configurationOf({ servers: ['busy-2'], quiet, expect: { 'cpu.score': { min: 50 } } });
  const state = (line: string): string =>
    ['@@ fleetmark state @@', line, '0m0.0s 0m0.0s', '0m0.0s 0m0.0s', '@@ fleetmark state end @@', ''].join('\n');
  const work = (): string => ['@@ fleetmark work @@', ...cpuLines(90)].join('\n');
  const script: Script = () => ({ stdout: 'score: 7', stderr: cpuLines(60).map(state).join('\n') });
  const run = async (worker: TestWorker): Promise<void> => {
    const input = { limit: 'busy-2', evenIfBusy: true };
    const report = (await (await worker.start('benchmarkFleet', [input])).result()) as FleetReport;
    const [row] = report.servers;
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'Inconclusive' } });
    expect(row?.benchmarks[0]?.error?.message).toBe(
      'cpu.score 7 of >= 50 points (14 %), but other programs used 60 % of all CPU time (limit 15 %)'
    );
    expect(row?.notes).toEqual([
      'measured although it was already working: others use 90 % of its CPU time (limit 20 %)',
      'cpu was measured again: cpu.score 7 of >= 50 points (14 %), but other programs used 60 % of all CPU time (limit 15 %)',
    ]);
    // It was measured twice before it became inconclusive.
    expect(row?.benchmarks[0]?.evidence).toMatchObject({ otherLoad: 0.6, doubtful: 2 });
  };
  await withWorker(configuration, script, run, work);
});

test('with measureOnly, no server is judged', async () => {
  const configuration = configurationOf({ servers: ['only-1'], expect: { 'cpu.score': { min: 50 } } });
  await withWorker(
    configuration,
    () => 'score: 1',
    async (worker) => {
      const handle = await worker.start('benchmarkServer', [{ serverId: 'only-1', measureOnly: true }]);
      expect(((await handle.result()) as ServerRow).verdict).toBe('measured');
    }
  );
});

test('a server without expectations is measured, or an error with requireExpectations', async () => {
  const configuration = { ...configurationOf({ servers: ['only-1'] }), requireExpectations: true };
  await withWorker(
    configuration,
    () => 'score: 1',
    async (worker) => {
      const { type, details } = await failureOf(await worker.start('benchmarkServer', [{ serverId: 'only-1' }]));
      const [row] = details as [ServerRow];
      expect([type, row.verdict, row.error?.type]).toEqual(['ExpectationMissing', 'error', 'ExpectationMissing']);
      expect(row.benchmarks[0]).toMatchObject({ verdict: 'measured', measurements: [{ value: 1 }] });
      expect(row).toMatchObject({ hardwareClass: 'default', classBy: 'default' });
      expect(row.machine?.cpus).toBeGreaterThan(0);
      const handle = await worker.start('benchmarkServer', [{ serverId: 'only-1', measureOnly: true }]);
      expect(((await handle.result()) as ServerRow).verdict).toBe('measured');
    }
  );
});

test('an unknown server, no server and a server id that is not a string are refused with one sentence', async () => {
  await withWorker(
    configurationOf({ servers: ['known-1'] }),
    () => 'score: 1',
    async (worker) => {
      const typeOf = async (...args: unknown[]): Promise<string | null | undefined> =>
        (await failureOf(await worker.start('benchmarkServer', args))).type;
      expect(await typeOf({ serverId: 'unknown-1' })).toBe('UnknownServer');
      expect(await typeOf()).toBe('InvalidInput');
      expect(await typeOf(null)).toBe('InvalidInput');
      expect(await typeOf({ serverId: 5 })).toBe('InvalidInput');
      const { message } = await failureOf(await worker.start('benchmarkServer', []));
      expect(message).toMatch(/^benchmarkServer needs an input/);
      expect(await typeOf({ serverId: 'known-1' }, {})).toBe('InvalidInput');
    }
  );
});

test('a second run waits for a server that is released within seconds', async () => {
  const hold = deferred();
  const script: Script = async () => {
    await hold.promise;
    return 'score: 1';
  };
  await withWorker(configurationOf({ servers: ['freed-1'] }), script, async (worker, ssh) => {
    const first = await worker.start('benchmarkFleet', []);
    await eventually(
      () => ssh.started.length,
      (count) => count === 1
    );
    const second = await worker.start('benchmarkFleet', []);
    await eventually(
      () => second.fetchHistory(),
      ({ events }) => (events ?? []).some((event) => event.startChildWorkflowExecutionFailedEventAttributes)
    );
    hold.resolve();
    const reports = (await Promise.all([first.result(), second.result()])) as FleetReport[];
    expect(reports.map((report) => report.counts.measured)).toEqual([1, 1]);
    expect(ssh.maxJobs.onOneServer).toBe(1);
  });
});
