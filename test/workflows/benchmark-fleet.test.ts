import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { BenchmarkSettings, Configuration } from '../../src/domain/plans/configuration.ts';
import type { FleetProgress } from '../../src/domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { Ssh } from '../../src/domain/jobs/job.ts';
import { exitCodeFor } from '../../src/cli/terminal/exit-code.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { sizeOf } from '../../src/domain/values/json-value.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { textsIn } from '../end-to-end/histories.ts';
import { configurationOf, scoreBenchmark, outputWith, patternMetric } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { connectionTo, scriptedSsh, type Script, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

interface Fleet {
  ssh: ScriptedSsh;
  worker: TestWorker;
  start(...args: unknown[]): Promise<WorkflowHandle>;
}

/** Runs `body` with a worker whose servers answer as the script says. */
async function withFleet(
  configuration: Configuration,
  script: Script,
  body: (fleet: Fleet) => Promise<void>,
  connection?: Ssh['connection']
): Promise<void> {
  const ssh = scriptedSsh(script, () => '', connection);
  const activities = createActivities({ configuration: async () => configuration, ssh });
  const worker = await startWorker(temporal, workflowBundle, activities);
  try {
    await body({ ssh, worker, start: (...args) => worker.start('benchmarkFleet', args) });
  } finally {
    await worker.stop();
  }
}

async function reportOf(handle: WorkflowHandle): Promise<FleetReport> {
  return (await handle.result()) as FleetReport;
}

async function failureOf(handle: WorkflowHandle): Promise<unknown> {
  const error: unknown = await handle.result().then(
    () => null,
    (reason: unknown) => reason
  );
  if (!(error instanceof WorkflowFailedError)) throw new Error(`it did not fail: ${String(error)}`);
  return error.cause;
}

function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

describe('a fleet', () => {
  test('ends with one row for each server, in the order of the inventory, and counts that add up', async () => {
    const servers = ids('order', 7);
    const expectations = { 'cpu.score': { min: 50 } };
    const script: Script = ({ serverId }) => `score: ${serverId.endsWith('3') || serverId.endsWith('5') ? 12 : 80}`;
    await withFleet(configurationOf({ servers, expect: expectations }), script, async ({ start }) => {
      const report = await reportOf(await start({ note: 'nightly' }));
      expect(report.servers.map((row) => row.serverId)).toEqual(servers);
      expect(report).toMatchObject({ requested: 7, note: 'nightly', failed: ['order-3', 'order-5'], errored: [] });
      expect(report.counts).toEqual({
        ...{ pass: 5, fail: 2, error: 0, measured: 0, skip: 0, busy: 0, cancelled: 0, not_reached: 0 },
      });
      expect(report.servers[2]).toMatchObject({
        verdict: 'fail',
        reason: 'cpu.score 12 of >= 50 points (24 %)',
        hardwareClass: 'default',
        benchmarks: [
          { benchmark: 'cpu', verdict: 'fail', shortfalls: [{ measured: 12, comparison: '>=', expected: 50 }] },
        ],
      });
    });
  });

  test('runs at most maxParallel servers at once, and one benchmark per server', async () => {
    const servers = ids('window', 12);
    const benchmarks = [scoreBenchmark('cpu'), scoreBenchmark('gpu')];
    await withFleet(
      configurationOf({ servers, benchmarks, maxParallel: 3 }),
      () => 'score: 1',
      async ({ start, ssh }) => {
        await reportOf(await start({}));
        expect(ssh.started).toHaveLength(24);
        expect(ssh.maxJobs.atOnce).toBeLessThanOrEqual(3);
        expect(ssh.maxJobs.onOneServer).toBe(1);
      }
    );
  });

  test('does not wait for a slow server: all others end before it', async () => {
    const servers = ids('slow', 9);
    const othersDone = deferred();
    const others = new Set(servers.slice(1));
    const script: Script = async ({ serverId }) => {
      if (serverId === 'slow-1') await othersDone.promise;
      others.delete(serverId);
      if (others.size === 0) othersDone.resolve();
      return 'score: 1';
    };
    await withFleet(configurationOf({ servers, maxParallel: 2 }), script, async ({ start }) => {
      const report = await reportOf(await start({}));
      expect(report.counts.measured).toBe(9);
    });
  });

  test('starts the server that took longest the last time before the others, and reports them in their order', async () => {
    const servers = ids('long', 3);
    const script: Script = async ({ serverId }) => {
      if (serverId === 'long-3') await delay(2_000); // the benchmark itself
      return 'score: 1';
    };
    await withFleet(configurationOf({ servers, maxParallel: 1 }), script, async ({ start, ssh }) => {
      await reportOf(await start({}));
      const query = "WorkflowId STARTS_WITH 'server/long-' AND CloseTime IS NOT NULL";
      await eventually(
        () => temporal.client.workflow.count(query),
        ({ count }) => count === 3
      );
      const report = await reportOf(await start({}));
      const started = ssh.started.map(({ serverId }) => serverId);
      expect(started).toEqual([...servers, 'long-3', 'long-1', 'long-2']);
      expect(report.servers.map(({ serverId }) => serverId)).toEqual(servers);
    });
  });

  test('names exactly the servers with low scores as failed', async () => {
    const servers = ids('seed', 10);
    const score = (serverId: string, benchmark: string): number =>
      (serverId.length * 37 + Number(serverId.slice(5)) * 61 + benchmark.length * 17 + benchmark.charCodeAt(0)) % 101;
    const benchmarks = [scoreBenchmark('cpu'), scoreBenchmark('gpu')];
    const expectations = { 'cpu.score': { min: 50 }, 'gpu.score': { min: 50 } };
    const script: Script = ({ serverId, command }) => `score: ${score(serverId, /cpu/.test(command) ? 'cpu' : 'gpu')}`;
    await withFleet(configurationOf({ servers, benchmarks, expect: expectations }), script, async ({ start, ssh }) => {
      const report = await reportOf(await start({}));
      const short = servers.filter((each) => score(each, 'cpu') < 50 || score(each, 'gpu') < 50);
      expect(short.length).toBeGreaterThan(0);
      expect(report.failed).toEqual(short);
      expect(ssh.maxJobs.atOnce).toBeLessThanOrEqual(5);
    });
  });

  test('measures a machine with several ids once, and counts every id', async () => {
    const configuration = configurationOf({ servers: ids('twice', 6) });
    const first = configuration.servers.get('twice-1')!;
    const servers = new Map([...configuration.servers]);
    servers.set('twice-4', { ...first, serverId: 'twice-4' });
    await withFleet(
      { ...configuration, servers },
      () => 'score: 1',
      async ({ start, ssh }) => {
        const report = await reportOf(await start({}));
        expect(report).toMatchObject({ requested: 6, counts: { measured: 5, skip: 1 } });
        const reason = 'the same machine as twice-1 (twice-1.test:22)';
        expect(report.servers[3]).toMatchObject({ serverId: 'twice-4', verdict: 'skip', reason, startedAt: null });
        expect(ssh.started.map(({ serverId }) => serverId)).not.toContain('twice-4');
      }
    );
  });

  test('does not fail a server while another id of the same machine is measured', async () => {
    const bothRun = deferred();
    const script: Script = async () => {
      if (started.ssh?.started.length === 2) bothRun.resolve();
      await bothRun.promise;
      return 'score: 12';
    };
    const started: { ssh?: ScriptedSsh } = {};
    const run = async ({ start, ssh }: Fleet): Promise<void> => {
      started.ssh = ssh;
      const report = await reportOf(await start({}));
      expect(report).toMatchObject({ counts: { fail: 0, error: 2 }, errored: ['double-1', 'double-2'] });
      expect(report.servers[1]).toMatchObject({
        error: { type: 'Inconclusive' },
        notes: ['seems to be the same machine as double-1: same host key and machine id'],
      });
    };
    const configuration = configurationOf({ servers: ids('double', 2), expect: { 'cpu.score': { min: 50 } } });
    await withFleet(configuration, script, run, () => Promise.resolve(connectionTo('double')));
  });

  test('reports a fail only when no other id of the machine can change it', async () => {
    const hold = deferred();
    const script: Script = async ({ serverId }) => {
      if (serverId === 'final-2') await hold.promise;
      return 'score: 12';
    };
    const run = async ({ start, ssh }: Fleet): Promise<void> => {
      const handle = await start({});
      const progress = async (): Promise<FleetProgress> => handle.query<FleetProgress, [number]>('progress', 0);
      const one = await eventually(progress, ({ ended }) => ended === 1);
      expect(one).toMatchObject({ ended: 1, running: [{ serverId: 'final-2' }], rows: [] });
      expect(one.provisional).toMatchObject([{ serverId: 'final-1', verdict: 'fail' }]);
      await eventually(
        () => ssh.started.length,
        (count) => count === 2
      );
      hold.resolve();
      const report = await reportOf(handle);
      const received = (await progress()).rows;
      expect(received.map(({ serverId, verdict }) => [serverId, verdict])).toEqual([
        ['final-1', 'error'],
        ['final-2', 'error'],
      ]);
      expect(received[0]?.error?.type).toBe('Inconclusive');
      expect(report.counts).toMatchObject({ fail: 0, error: 2 });
    };
    const configuration = configurationOf({ servers: ids('final', 2), expect: { 'cpu.score': { min: 50 } } });
    await withFleet(configuration, script, run, () => Promise.resolve(connectionTo('final')));
  });

  test('reports progress with only the rows that the caller does not have yet', async () => {
    const hold = deferred();
    const script: Script = async ({ serverId }) => {
      if (serverId === 'progress-3') await hold.promise;
      return 'score: 1';
    };
    await withFleet(configurationOf({ servers: ids('progress', 3) }), script, async ({ start }) => {
      const handle = await start({});
      const progress = await eventually(
        () => handle.query<FleetProgress, [number]>('progress', 1),
        ({ ended }) => ended === 2
      );
      expect(progress).toMatchObject({ requested: 3, ended: 2, running: [{ serverId: 'progress-3' }] });
      expect(progress.rows).toHaveLength(1);
      expect(progress.serverIds).toBeUndefined();
      const all = await handle.query<FleetProgress, [number, boolean]>('progress', 2, true);
      expect(all.serverIds).toEqual(ids('progress', 3));
      hold.resolve();
      await handle.result();
    });
  });
});

describe('rows of the maximum size', () => {
  /** A row with this many measurements of about 110 bytes each. */
  function manyNumbers(count: number): BenchmarkSettings {
    const names = Array.from({ length: count }, (_, index) => `n${index}`);
    const output = outputWith(names.map((name) => patternMetric(`links.${name}`, 'GB/s', `^${name} (\\S+)`)));
    return scoreBenchmark('links', { command: { command: 'measure', output, loadsAllCpus: false } });
  }
  const numbers: Script = () => Array.from({ length: 400 }, (_, index) => `n${index} 13.46\n`).join('');

  test('of 50 servers with 25 KB each are complete in the result, and come in pages', async () => {
    const configuration = configurationOf({
      ...{ servers: ids('large', 50), benchmarks: [manyNumbers(290)], maxParallel: 10 },
    });
    await withFleet(configuration, numbers, async ({ start }) => {
      const handle = await start({});
      const report = await reportOf(handle);
      expect(sizeOf(report)).toBeGreaterThan(1_100_000);
      expect(report.servers.every(({ truncated }) => truncated === null)).toBe(true);
      const received: ServerRow[] = [];
      while (received.length < 50) {
        const { rows } = await handle.query<FleetProgress, [number]>('progress', received.length);
        expect(sizeOf(rows)).toBeLessThan(1_100_000);
        expect(rows.length).toBeGreaterThan(0);
        received.push(...rows);
      }
      expect(received.map(({ serverId }) => serverId).sort()).toEqual(
        report.servers.map(({ serverId }) => serverId).sort()
      );
    });
  });

  test('above 30 KB are truncated by the server, and name the workflow that has all', async () => {
    const configuration = configurationOf({
      servers: ['largest-1'],
      benchmarks: [scoreBenchmark('cpu'), manyNumbers(400)],
      expect: { 'cpu.score': { min: 50 } },
    });
    const script: Script = (request) => (request.command.includes('measure cpu') ? 'score: 1' : numbers(request));
    await withFleet(configuration, script, async ({ start }) => {
      const [row] = (await reportOf(await start({}))).servers;
      expect(row).toMatchObject({
        verdict: 'fail',
        benchmarks: [{ measurements: [{ metric: 'cpu.score' }] }, { benchmark: 'links', measurements: [] }],
        truncated: { workflowId: 'server/largest-1' },
      });
      expect(row?.truncated?.parts).toContain('measurements of links');
      const child = temporal.client.workflow.getHandle('server/largest-1', row!.temporalRunId!);
      const { events } = await child.fetchHistory();
      expect(textsIn(events).some((text) => text.includes('links.n399'))).toBe(true);
    });
  });
});

describe('every problem of one server becomes its own row', () => {
  const boom = (value: unknown): never => {
    throw value;
  };
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const thrown: [name: string, value: unknown, type: string][] = [
    ['an error', new TypeError('x is undefined'), 'TypeError'],
    ['a string', 'just text', 'Unknown'],
    ['undefined', undefined, 'Unknown'],
    ['null', null, 'Unknown'],
    ['details with a circle', ApplicationFailure.create({ type: 'Odd', message: 'odd', details: [circle] }), 'Odd'],
    ['details with a BigInt', ApplicationFailure.create({ type: 'Odd', message: 'odd', details: [1n] }), 'Odd'],
  ];

  test('an activity that throws any value', async () => {
    const servers = thrown.map((_, index) => `thrown-${index}`);
    const script: Script = ({ serverId }) => {
      const index = servers.indexOf(serverId);
      return index < 0 ? 'score: 1' : boom(thrown[index]![1]);
    };
    await withFleet(configurationOf({ servers: [...servers, 'thrown-none'] }), script, async ({ start }) => {
      const report = await reportOf(await start({}));
      const types = report.servers.slice(0, -1).map((row) => [row.verdict, row.error?.type]);
      expect(types).toEqual(thrown.map(([, , type]) => ['error', type]));
      expect(report.servers.at(-1)?.verdict).toBe('measured');
    });
  });

  test('unreadable output, a crash and a killed command are errors, never a pass', async () => {
    const outputs = ['', 'score: NaN', 'score: 99\nscore: 98', 'score: 9e999', 'score: 12,000'];
    const servers = outputs.map((_, index) => `odd-${index}`);
    const script: Script = ({ serverId }) => {
      if (serverId === 'odd-crash') return { exitCode: 3, stdout: 'score: 99', stderr: 'out of memory\u001b[2J' };
      if (serverId === 'odd-killed') return { exitCode: null, signal: 'KILL', stdout: 'score: 99' };
      return outputs[servers.indexOf(serverId)]!;
    };
    const all = [...servers, 'odd-crash', 'odd-killed'];
    await withFleet(
      configurationOf({ servers: all, expect: { 'cpu.score': { min: 1 } } }),
      script,
      async ({ start }) => {
        const report = await reportOf(await start({}));
        expect(report.errored).toEqual(all);
        expect(report.servers.map((row) => row.error?.type)).toEqual([
          ...outputs.map(() => 'UnreadableOutput'),
          'BenchmarkCrashed',
          'BenchmarkCrashed',
        ]);
        expect(report.servers.at(-2)?.benchmarks[0]?.error?.message).toBe(
          'the command of cpu exited with 3: out of memory [2J'
        );
      }
    );
  });

  test('a server whose workflow is terminated by hand', async () => {
    const hold = deferred();
    const script: Script = async ({ serverId }) => {
      if (serverId === 'terminated-1') await hold.promise;
      return 'score: 1';
    };
    await withFleet(configurationOf({ servers: ids('terminated', 2) }), script, async ({ start, ssh }) => {
      const handle = await start({});
      await eventually(
        () => ssh.started.length,
        (count) => count === 2
      );
      await temporal.client.workflow.getHandle('server/terminated-1').terminate('by hand');
      const report = await reportOf(handle);
      expect(report.servers.map((row) => row.verdict)).toEqual(['error', 'measured']);
      expect(report.servers[0]?.error?.type).toBe('Terminated');
      hold.resolve();
    });
  });

  test('a server in use by another run is busy, and that run continues', async () => {
    const hold = deferred();
    const script: Script = async () => {
      await hold.promise;
      return 'score: 1';
    };
    await withFleet(configurationOf({ servers: ['busy-1'] }), script, async ({ start, ssh }) => {
      const first = await start({});
      await eventually(
        () => ssh.started.length,
        (count) => count === 1
      );
      const second = await reportOf(await start({}));
      expect(second.servers[0]).toMatchObject({ verdict: 'busy', error: { type: 'ServerBusy' } });
      expect(ssh.started).toHaveLength(1);
      hold.resolve();
      expect((await reportOf(first)).counts.measured).toBe(1);
    });
  });
});

describe('a cancelled fleet', () => {
  test('closes only after its benchmarks have ended, and leaves its partial report in the memo', async () => {
    const released: string[] = [];
    const script: Script = async ({ serverId, signal }) => {
      if (serverId === 'cancel-1') return 'score: 1';
      signal.addEventListener('abort', () => released.push(serverId), { once: true });
      return new Promise<string>(() => undefined);
    };
    const configuration = configurationOf({ servers: ids('cancel', 6), maxParallel: 3 });
    await withFleet(configuration, script, async ({ start, ssh }) => {
      const handle = await start({});
      await eventually(
        () => ssh.started.length,
        (count) => count === 4
      );
      await handle.cancel();
      expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
      expect(released.sort()).toEqual(['cancel-2', 'cancel-3', 'cancel-4']);
      const report = (await handle.describe()).memo?.['report'] as FleetReport;
      expect(report.servers.map((row) => row.verdict)).toEqual([
        ...['measured', 'cancelled', 'cancelled', 'cancelled', 'not_reached', 'not_reached'],
      ]);
      expect(report.requested).toBe(6);
    });
  });
});

/** The summaries of the activities of a run in the Web UI. */
async function activitySummaries(handle: WorkflowHandle): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes)
    .map((event) => defaultPayloadConverter.fromPayload(event.userMetadata!.summary!));
}

describe('a key that servers refuse', () => {
  const refusal = new Failure('AuthenticationFailed', 'all keys were refused');

  test('is tried on five of them: the others are not reached, and the run says why', async () => {
    const tried: string[] = [];
    const connection: Ssh['connection'] = ({ serverId }) => {
      tried.push(serverId);
      return Promise.reject(refusal);
    };
    const configuration = configurationOf({ servers: ids('refused', 30), maxParallel: 20 });
    const run = async ({ start }: Fleet): Promise<void> => {
      const report = await reportOf(await start({}));
      expect(tried.sort()).toEqual(ids('refused', 5));
      expect(report.requested).toBe(30);
      expect(report.counts).toMatchObject({ error: 5, not_reached: 25 });
      expect(report.errored).toEqual(ids('refused', 5));
      expect(report.servers[29]).toMatchObject({
        verdict: 'not_reached',
        reason: expect.stringMatching(
          /^stopped after 5 servers refused the key: (refused-[1-5](, |;)){5}.*check user and key$/
        ) as string,
      });
      expect(exitCodeFor(report, { measureOnly: false })).toBe(3);
    };
    await withFleet(configuration, () => 'score: 1', run, connection);
  });

  test.each([
    ['one that no server sent', ids('forged', 30), 5],
    ['one in a run of a few servers more than may refuse', ids('forgedFew', 6), 5],
  ])('is tried on five of them although a client signals that it is right: %s', async (_, servers, most) => {
    const tried: string[] = [];
    const connection: Ssh['connection'] = async ({ serverId }) => {
      tried.push(serverId);
      await running.handle.signal('reached'); // anyone who may signal a run can do this, this early
      throw refusal;
    };
    const running = {} as { handle: WorkflowHandle };
    const run = async ({ worker }: Fleet): Promise<void> => {
      const workflowId = `forged-${servers.length}`;
      running.handle = temporal.client.workflow.getHandle(workflowId);
      const handle = await worker.start('benchmarkFleet', [{}], workflowId);
      await handle.signal('reached');
      const report = await reportOf(handle);
      expect(tried.sort()).toEqual(servers.slice(0, most));
      expect(report.counts).toMatchObject({ error: most, not_reached: servers.length - most });
    };
    await withFleet(configurationOf({ servers, maxParallel: 20 }), () => 'score: 1', run, connection);
  });

  test('is tried once by the run itself: a server that refuses it gets a row, not a workflow', async () => {
    const tried: string[] = [];
    const connection: Ssh['connection'] = ({ serverId }) => {
      tried.push(serverId);
      return Promise.reject(refusal);
    };
    const run = async ({ start }: Fleet): Promise<void> => {
      const handle = await start({});
      const report = await reportOf(handle);
      expect(tried).toHaveLength(5);
      expect((await activitySummaries(handle)).sort()).toEqual([
        ...ids('once', 5).map((serverId) => `${serverId}: does it accept our key?`),
        'which servers, which benchmarks',
      ]);
      expect(report.servers[0]).toMatchObject({
        ...{ verdict: 'error', error: { type: 'AuthenticationFailed', message: 'all keys were refused' } },
        ...{ startedAt: expect.any(String) as string, temporalRunId: null },
      });
    };
    await withFleet(configurationOf({ servers: ids('once', 9), maxParallel: 9 }), () => 'score: 1', run, connection);
  });

  test('is not wrong if a second factor is asked for: all servers are tried', async () => {
    const more = new Failure('SecondFactorRequired', 'the key was accepted, a second factor is asked for');
    const tried = new Set<string>();
    const connection: Ssh['connection'] = ({ serverId }) => {
      tried.add(serverId);
      return Promise.reject(more);
    };
    const run = async ({ start }: Fleet): Promise<void> => {
      const report = await reportOf(await start({}));
      expect(tried.size).toBe(12);
      expect(report.counts).toMatchObject({ not_reached: 0 });
    };
    await withFleet(
      configurationOf({ servers: ids('factor', 12), maxParallel: 12 }),
      () => 'score: 1',
      run,
      connection
    );
  });

  test('is not wrong if one server accepts it: all others are measured', async () => {
    const connection: Ssh['connection'] = ({ serverId }) =>
      Number(serverId.slice(6)) % 5 === 0 ? Promise.resolve(connectionTo(serverId)) : Promise.reject(refusal);
    const configuration = configurationOf({ servers: ids('mixed', 30), maxParallel: 20 });
    const run = async ({ start }: Fleet): Promise<void> => {
      expect((await reportOf(await start({}))).counts).toMatchObject({ error: 24, measured: 6, not_reached: 0 });
    };
    await withFleet(configuration, () => 'score: 1', run, connection);
  });

  test('is tried on five at once until a server accepts it, then on maxParallel servers', async () => {
    const [firstIsIn, end] = [deferred(), deferred()];
    const [tried, beforeThat]: [string[], string[]] = [[], []];
    const connection: Ssh['connection'] = async ({ serverId }) => {
      tried.push(serverId);
      if (serverId !== 'first-3') await firstIsIn.promise;
      else if (beforeThat.length === 0) {
        await eventually(
          () => tried.length,
          (count) => count >= 5
        );
        beforeThat.push(...tried);
      }
      return connectionTo(serverId);
    };
    const script: Script = async ({ serverId }) => {
      if (serverId === 'first-3') firstIsIn.resolve();
      await end.promise;
      return 'score: 1';
    };
    const run = async ({ start, ssh }: Fleet): Promise<void> => {
      const handle = await start({});
      await eventually(
        () => ssh.started.length,
        (count) => count === 12
      );
      end.resolve();
      expect(beforeThat.sort()).toEqual(ids('first', 5));
      expect((await reportOf(handle)).counts.measured).toBe(20);
      const { events } = await handle.fetchHistory();
      expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length).toBe(0);
    };
    await withFleet(configurationOf({ servers: ids('first', 20), maxParallel: 12 }), script, run, connection);
  });

  test('is tried on more servers if the first five do not answer', async () => {
    const hang = deferred();
    const connection: Ssh['connection'] = async ({ serverId }) => {
      if (Number(serverId.slice(5)) <= 5) await hang.promise;
      return connectionTo(serverId);
    };
    const run = async ({ start, ssh }: Fleet): Promise<void> => {
      const handle = await start({});
      await eventually(
        () => ssh.started.length,
        (count) => count === 15,
        40_000
      );
      hang.resolve();
      expect((await reportOf(handle)).counts.measured).toBe(20);
    };
    await withFleet(configurationOf({ servers: ids('down', 20), maxParallel: 12 }), () => 'score: 1', run, connection);
  });
});

describe('an input', () => {
  const servers = ids('input', 3);

  test('that is missing, null or {} selects the whole inventory', async () => {
    await withFleet(
      configurationOf({ servers }),
      () => 'score: 1',
      async ({ start }) => {
        for (const args of [[], [null], [{}]]) expect((await reportOf(await start(...args))).requested).toBe(3);
      }
    );
  });

  const refused: [name: string, args: unknown[], type: string][] = [
    ['a string', ['everything'], 'InvalidInput'],
    ['a number', [5], 'InvalidInput'],
    ['an array', [['input-1']], 'InvalidInput'],
    ['two arguments', [{}, {}], 'InvalidInput'],
    ['an unknown key', [{ servers: ['input-1'] }], 'InvalidInput'],
    ['an impossible number', [{ maxParallel: 0 }], 'InvalidInput'],
    ['an unknown server', [{ limit: ['input-9'] }], 'UnknownServer'],
    ['a pattern that matches nothing', [{ limit: ['web-*'] }], 'InvalidInput'],
    ['an unknown benchmark', [{ benchmarks: ['disk'] }], 'InvalidInput'],
  ];
  test.each(refused)('with %s is refused, and no server is touched', async (_name, args, type) => {
    await withFleet(
      configurationOf({ servers }),
      () => 'score: 1',
      async ({ start, ssh }) => {
        const failure = await failureOf(await start(...args));
        expect(failure).toBeInstanceOf(ApplicationFailure);
        expect((failure as ApplicationFailure).type).toBe(type);
        expect(ssh.started).toHaveLength(0);
      }
    );
  });
});
