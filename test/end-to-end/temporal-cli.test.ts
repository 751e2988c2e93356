import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { eventually } from '../support/processes.ts';
import { temporal } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { Ledger } from './ledger.ts';
import { startUp, type Up } from './up.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

/** The parts used here of the output of `temporal workflow execute -o json` and `workflow result -o json`. */
interface Printed {
  workflowId: string;
  status: 'COMPLETED' | 'FAILED';
  closeEvent: {
    workflowExecutionCompletedEventAttributes?: { result: unknown[] };
    workflowExecutionFailedEventAttributes?: {
      failure: { message: string; applicationFailureInfo: { type: string; details?: unknown[] } };
    };
  };
}

const slow = 'web-3';

describe.skipIf(skipsWithout())('from the Temporal CLI', () => {
  let fleet: Fleet;
  let up: Up;
  beforeAll(async () => {
    fleet = await startFleet(3);
    configure(new Ledger(fleet, 'unused'));
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  function configure(ledger: Ledger, body = ':'): void {
    const scored = `${body}; [ "$address" = ${fleet.addressOf(slow)} ] && echo score: 30 || echo score: 80`;
    fleet.configure({
      maxParallel: 3,
      benchmarks: { cpu: scoreCommand(ledger.command('cpu', scored)) },
      expect: { 'cpu.score': { min: 50 } },
    });
  }

  let started = 0;
  /** Starts a workflow, and resolves when Temporal has accepted it. */
  async function start(type: string, ...args: string[]): Promise<string> {
    const workflowId = `by-hand-${(started += 1)}`;
    const how = ['--type', type, '--task-queue', 'fleetmark', '--workflow-id', workflowId];
    const { exitCode, stderr } = await temporal(up.address, 'workflow', 'start', ...how, ...args);
    if (exitCode !== 0) throw new Error(stderr);
    return workflowId;
  }

  async function resultOf(workflowId: string): Promise<Printed> {
    const { stdout } = await temporal(up.address, 'workflow', 'result', '--workflow-id', workflowId, '-o', 'json');
    return JSON.parse(stdout) as Printed;
  }

  async function execute(type: string, ...args: string[]): Promise<Printed> {
    return resultOf(await start(type, ...args));
  }

  function completed<Result>({ status, closeEvent }: Printed): Result {
    expect(status, JSON.stringify(closeEvent)).toBe('COMPLETED');
    return closeEvent.workflowExecutionCompletedEventAttributes!.result[0] as Result;
  }

  function failureOf({ status, closeEvent }: Printed): { type: string; message: string; row: ServerRow | undefined } {
    expect(status, JSON.stringify(closeEvent)).toBe('FAILED');
    const { message, applicationFailureInfo } = closeEvent.workflowExecutionFailedEventAttributes!.failure;
    const { type, details = [] } = applicationFailureInfo;
    return { type, message, row: details[0] as ServerRow | undefined };
  }

  const wholeFleet = { requested: 3, failed: [slow], counts: { pass: 2, fail: 1 } };

  describe('benchmarkFleet', () => {
    test('with {"maxParallel":1} measures the whole fleet one server at a time', async () => {
      const ledger = new Ledger(fleet, 'one-at-a-time');
      configure(ledger, 'sleep 0.3');
      const printed = await execute('benchmarkFleet', '--input', '{"maxParallel":1}');
      expect(completed<FleetReport>(printed)).toMatchObject({ ...wholeFleet, run: printed.workflowId });
      expect(ledger.ended()).toBe(3);
      expect(ledger.max().atOnce).toBe(1);
    });

    test('with no input, null or {} measures the whole fleet', async () => {
      for (const input of [[], ['--input', 'null'], ['--input', '{}']]) {
        const report = completed<FleetReport>(await execute('benchmarkFleet', ...input));
        expect(report, input.join(' ')).toMatchObject(wholeFleet);
        expect(report.servers.map(({ serverId }) => serverId)).toEqual(fleet.serverIds);
      }
    });

    test('refuses two inputs, or one that is not an object, and says what is valid', async () => {
      const takes = '{"limit": ["web-*"], "maxParallel": 5}';
      const text = failureOf(await execute('benchmarkFleet', '--input', '"web-1"'));
      expect(text).toMatchObject({ type: 'InvalidInput' });
      expect(text.message).toBe(`benchmarkFleet takes an object such as ${takes}, not the string "web-1".`);
      const two = failureOf(await execute('benchmarkFleet', '--input', '{}', '--input', '{}'));
      expect(two).toMatchObject({ type: 'InvalidInput', message: expect.stringContaining('one input') });
      const unknown = failureOf(await execute('benchmarkFleet', '--input', '{"limit":["web-9"]}'));
      expect(unknown).toMatchObject({ type: 'UnknownServer', message: expect.stringContaining('web-9') });
    });
  });

  describe('benchmarkServer', () => {
    test('of a good server completes with its row', async () => {
      const row = completed<ServerRow>(await execute('benchmarkServer', '--input', '{"serverId":"web-1"}'));
      expect(row).toMatchObject({ serverId: 'web-1', verdict: 'pass' });
      expect(row.benchmarks[0]!.measurements).toMatchObject([{ metric: 'cpu.score', value: 80 }]);
    });

    test('of a slow server fails with its shortfall, and its row in the details', async () => {
      const failure = failureOf(await execute('benchmarkServer', '--input', JSON.stringify({ serverId: slow })));
      expect(failure).toMatchObject({
        type: 'PerformanceBelowExpected',
        message: 'web-3 fail cpu.score 30 of >= 50 points (60 %)',
        row: { serverId: slow, verdict: 'fail' },
      });
    });
  });

  describe('two runs at the same time', () => {
    test('never load a server twice, and both have a row for every server', async () => {
      const ledger = new Ledger(fleet, 'two-fleets');
      configure(ledger, 'sleep 0.5');
      const ids = await Promise.all([start('benchmarkFleet'), start('benchmarkFleet')]);
      for (const workflowId of ids) {
        const { servers, counts } = completed<FleetReport>(await resultOf(workflowId));
        expect(servers.map(({ serverId }) => serverId)).toEqual(fleet.serverIds);
        expect(counts.pass + counts.fail + counts.busy).toBe(3);
      }
      expect(ledger.ended()).toBeGreaterThanOrEqual(3);
      expect(ledger.max().onOneServer).toBe(1);
    });

    test('a server in use is busy: nothing is started on it, and its current run continues', async () => {
      const ledger = new Ledger(fleet, 'gate');
      const gate = fleet.file('gate-is-open');
      configure(ledger, `until [ -e ${gate} ]; do sleep 0.1; done`);
      const holder = await start('benchmarkFleet', '--input', '{"limit":["web-1"]}');
      await eventually(
        () => ledger.begun(),
        (begun) => begun === 1
      );
      const [server, whole] = await Promise.all([
        execute('benchmarkServer', '--input', '{"serverId":"web-1"}'),
        execute('benchmarkFleet', '--input', '{"limit":["web-1"]}'),
      ]);
      expect(failureOf(server)).toMatchObject({ type: 'ServerBusy', row: { serverId: 'web-1', verdict: 'busy' } });
      expect(completed(whole)).toMatchObject({ requested: 1, counts: { busy: 1, pass: 0, fail: 0 } });
      expect(ledger.begun()).toBe(1);
      writeFileSync(gate, '');
      expect(completed(await resultOf(holder))).toMatchObject({ requested: 1, counts: { pass: 1 } });
      expect(ledger.begun()).toBe(1);
    });
  });

  test('a schedule runs the fleet: created, triggered, read, deleted', async () => {
    configure(new Ledger(fleet, 'nightly'));
    const schedule = async (verb: string, ...args: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await temporal(up.address, 'schedule', verb, '-s', 'nightly', ...args);
      expect(exitCode, stderr).toBe(0);
      return stdout;
    };
    const when = ['--interval', '24h', '--overlap-policy', 'Skip'];
    const what = ['--type', 'benchmarkFleet', '--task-queue', 'fleetmark', '--workflow-id', 'nightly'];
    await schedule('create', ...when, ...what, '--input', '{"note":"nightly"}');
    await schedule('trigger');
    const description = await eventually(
      async () => schedule('describe', '-o', 'json'),
      (text) => text.includes('startWorkflowResult')
    );
    const { info } = JSON.parse(description) as {
      info: { recentActions: [{ startWorkflowResult: { workflowId: string } }] };
    };
    const { workflowId } = info.recentActions[0].startWorkflowResult;
    expect(workflowId).toMatch(/^nightly-/);
    expect(completed(await resultOf(workflowId))).toMatchObject({ ...wholeFleet, run: workflowId, note: 'nightly' });

    await schedule('delete');
    const list = await temporal(up.address, 'schedule', 'describe', '-s', 'nightly');
    expect(list.exitCode).not.toBe(0);
  });
});
