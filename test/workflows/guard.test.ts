import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { accessTo, sshToAll } from '../support/access.ts';
import { scoreBenchmark, configurationOf } from '../support/configuration.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { skipsWithoutSshd, startSshds, type Sshd } from '../support/sshd.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.skipIf(skipsWithoutSshd())('the guard of a machine, on real servers', () => {
  const addresses = ['127.0.0.31', '127.0.0.32', '127.0.0.33'];
  const servers = ['web-1', 'web-2', 'web-3'];
  let sshds: Sshd;
  let ours: TestWorkflowEnvironment;
  let theirs: TestWorkflowEnvironment;
  let workflowBundle: Awaited<ReturnType<typeof bundle>>;
  let dir: string;
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    [sshds, ours, theirs, workflowBundle] = await Promise.all([
      startSshds(addresses),
      startTemporal(),
      startTemporal(),
      bundle(),
    ]);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await Promise.all([sshds?.stop(), ours?.teardown(), theirs?.teardown()]);
  });

  const ledger = (): string => path.join(dir, 'ledger');
  const gate = (): string => path.join(dir, 'gate');
  const entries = (): string[] => (existsSync(ledger()) ? readFileSync(ledger(), 'utf8').trim().split('\n') : []);
  const folders = (): string[] => {
    const [base] = readdirSync(dir).filter((name) => name.startsWith('.fleetmark.'));
    return base === undefined ? [] : readdirSync(path.join(dir, base)).filter((name) => !name.startsWith('.'));
  };
  const newFolder = (): void => void (dir = temporaryFolder('guard'));

  /** A worker of one of the two Temporals; its benchmark records its start and end, and takes this long. */
  async function worker(temporal: TestWorkflowEnvironment, taskQueue: string, seconds: number | 'until the gate') {
    const routes = servers.map((serverId, index) => {
      return accessTo(sshds, { server: { serverId, host: addresses[index]! } }).server;
    });
    const { settings } = accessTo(sshds);
    const ssh = sshToAll(routes, settings, { jobFolder: dir });
    const wait = seconds === 'until the gate' ? `while [ ! -e ${gate()} ]; do sleep 0.1; done` : `sleep ${seconds}`;
    const note = (what: string): string => `echo "${what} $FLEETMARK_JOB $SSH_CONNECTION" >>${ledger()}`;
    const benchmark = scoreBenchmark('burn', { timeoutMs: 60_000 });
    const command = `${note('start')}; ${wait}; ${note('end')}; echo 'score: 80'`;
    const benchmarks = [{ ...benchmark, command: { ...benchmark.command!, command } }];
    const configuration = { ...configurationOf({ servers, benchmarks }), ssh: settings };
    const activities = createActivities({ configuration: async () => configuration, ssh });
    const started = await startWorker(temporal, workflowBundle, activities, taskQueue);
    let stopped: Promise<void> | null = null;
    const stop = (): Promise<void> => (stopped ??= started.stop().then(() => ssh.close()));
    closers.push(stop);
    return { ...started, stop };
  }

  const run = (by: Pick<TestWorker, 'start'>, limit: string[]): Promise<WorkflowHandle> =>
    by.start('benchmarkFleet', [{ limit }]);
  const reportOf = async (handle: WorkflowHandle): Promise<FleetReport> => (await handle.result()) as FleetReport;
  const begun = (count: number): Promise<unknown> =>
    eventually(
      () => entries().filter((line) => line.startsWith('start')).length,
      (starts) => starts === count
    );

  test('two Temporals never measure a server at once: the second is busy, and names the first', async () => {
    newFolder();
    const [first, second] = await Promise.all([worker(ours, 'a1', 'until the gate'), worker(theirs, 'b1', 1)]);
    const one = await run(first, servers);
    await begun(3);
    const busy = await reportOf(await run(second, servers));
    expect(busy.counts).toMatchObject({ busy: 3 });
    for (const { error } of busy.servers) {
      expect(error?.message).toMatch(
        new RegExp(
          `^another run is measuring this server: ${one.workflowId} \\(server/web-\\d\\), from the worker \\S+, since`
        )
      );
    }
    const checked = (await (await second.start('benchmarkFleet', [{ checkOnly: true }])).result()) as FleetReport;
    expect(checked.servers.map(({ verdict }) => verdict)).toEqual(['busy', 'busy', 'busy']);
    writeFileSync(gate(), '');
    expect((await reportOf(one)).counts).toMatchObject({ measured: 3 });
    expect((await reportOf(await run(second, servers))).counts).toMatchObject({ measured: 3 });
    expect(folders()).toEqual([]);
  });

  test('two runs of two Temporals never measure a server at the same time', async () => {
    newFolder();
    const [first, second] = await Promise.all([worker(ours, 'a2', 1), worker(theirs, 'b2', 1)]);
    const reports = await Promise.all(
      (await Promise.all([run(first, servers), run(second, servers)])).map((handle) => reportOf(handle))
    );
    const measured = reports.map(({ counts }) => counts.measured).reduce((sum, each) => sum + each, 0);
    const isBusy = reports.map(({ counts }) => counts.busy).reduce((sum, each) => sum + each, 0);
    expect(measured + isBusy).toBe(6);
    expect(measured).toBeGreaterThanOrEqual(3);
    expect(entries().filter((line) => line.startsWith('start'))).toHaveLength(measured);
    expect(folders()).toEqual([]);
  });

  test('the next run ends and removes the jobs of a terminated one, even if no worker ran then', async () => {
    newFolder();
    const first = await worker(ours, 'a3', 'until the gate');
    await run(first, ['web-1']);
    await begun(1);
    await first.stop();
    await ours.client.workflow.getHandle('server/web-1').terminate('by hand');
    expect(folders()).toHaveLength(1);
    const [left] = folders();
    const next = await worker(ours, 'a3', 1);
    const report = await reportOf(await run(next, ['web-1']));
    expect(report.counts).toMatchObject({ measured: 1 });
    expect(entries().map((line) => line.split(' ')[0])).toEqual(['start', 'start', 'end']);
    expect(folders()).toEqual([]);
    expect(processesWith(`/${left}/`)).toEqual([]);
  });

  test('a reset workflow measures again, notes it, and removes the jobs from before', async () => {
    newFolder();
    const first = await worker(ours, 'a4', 'until the gate');
    const handle = await run(first, ['web-1']);
    await begun(1);
    const server = ours.client.workflow.getHandle('server/web-1');
    const { runId } = await server.describe();
    const { events } = await ours.client.workflow.getHandle('server/web-1', runId).fetchHistory();
    const prepared = events!.findLast((event) => event.workflowTaskCompletedEventAttributes)!.eventId!;
    await ours.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: 'server/web-1', runId },
      workflowTaskFinishEventId: prepared,
      requestId: 'reset-1',
      reason: 'test',
    });
    await begun(2);
    writeFileSync(gate(), '');
    const report = await reportOf(handle);
    expect(report.servers[0]).toMatchObject({
      verdict: 'measured',
      notes: ['burn was measured again: the workflow was reset'],
    });
    // The first job was cancelled: otherwise both would have ended.
    expect(entries().map((line) => line.split(' ')[0])).toEqual(['start', 'start', 'end']);
    expect(folders()).toEqual([]);
  });
});
