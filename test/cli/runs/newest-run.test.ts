import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRun } from '../../../src/cli/runs/find-run.ts';
import { newestRun } from '../../../src/cli/runs/newest-run.ts';
import { CHECK_MEMO } from '../../../src/cli/runs/unfinished-runs.ts';
import { eventually } from '../../support/processes.ts';
import { startTemporal } from '../../support/temporal.ts';
import { temporalCli } from '../../support/temporal-cli.ts';

/** No worker polls it: a run stays under way until a test ends it. */
const taskQueue = 'nothing-polls';

describe.skipIf(temporalCli === null)('of the runs in Temporal', () => {
  let temporal: TestWorkflowEnvironment;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.teardown());
  beforeEach(async () => {
    for await (const { workflowId } of temporal.client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
      await terminate(workflowId);
  });

  const client = () => temporal.client;
  const terminate = (id: string) => client().workflow.getHandle(id).terminate();
  const start = async (workflowId: string, type: string, memo?: Record<string, unknown>): Promise<void> => {
    const options = { workflowId, taskQueue, ...(memo && { memo }) };
    await client().workflow.start(type, options);
    await isListed(workflowId);
  };
  const isListed = (id: string, status = 'Running') =>
    eventually(
      () => client().workflow.count(`WorkflowId = '${id}' AND ExecutionStatus = '${status}'`),
      ({ count }) => count === 1
    );
  const schedule = async (scheduleId: string): Promise<void> => {
    await client().schedule.create({
      ...{ scheduleId, spec: {}, policies: { overlap: 'ALLOW_ALL' } },
      action: { type: 'startWorkflow', workflowType: 'benchmarkFleet', workflowId: `fleet-${scheduleId}`, taskQueue },
    });
  };
  /** Resolves to the id of the run that it has started. */
  const trigger = async (scheduleId: string): Promise<string> => {
    const handle = client().schedule.getHandle(scheduleId);
    const startedBy = async () => (await handle.describe()).info.recentActions.map((each) => each.action.workflow);
    const before = await startedBy();
    await handle.trigger();
    const after = await eventually(startedBy, (now) => now.length > before.length);
    return after.at(-1)!.workflowId;
  };
  const newest = async (name: string | null) => {
    const found = await newestRun(client(), name);
    return found === null ? null : { run: found.handle.workflowId, hasEnded: found.hasEnded };
  };

  test('the newest is the one that started last, also if it has ended without a result; a check is none', async () => {
    await start('run-1', 'benchmarkFleet');
    await start('run-2', 'benchmarkFleet');
    await start('check', 'benchmarkFleet', CHECK_MEMO);
    await start('other', 'somethingElse');
    expect(await newest(null)).toEqual({ run: 'run-2', hasEnded: false });
    for (const id of ['run-2', 'check', 'run-1']) {
      await terminate(id);
      await isListed(id, 'Terminated');
    }
    expect(await newest(null)).toEqual({ run: 'run-2', hasEnded: true });
    expect(await findRun(client(), undefined)).toMatchObject({ hasEnded: true });
  });

  test.each(['nightly', `it's a "name" \\`])(
    'that of the schedule %s is known as soon as it has started',
    async (name) => {
      expect(await newest(name)).toBeNull();
      await schedule(name);
      expect(await newest(name)).toBeNull();
      const first = await trigger(name);
      expect(await newest(name)).toEqual({ run: first, hasEnded: false });
      await terminate(first);
      await start(`later than that of ${name.length}`, 'benchmarkFleet');
      expect(await newest(name)).toEqual({ run: first, hasEnded: true });
    }
  );

  test('that of a schedule that was deleted is still found', async () => {
    await schedule('weekly');
    const run = await trigger('weekly');
    await terminate(run);
    await isListed(run, 'Terminated');
    await client().schedule.getHandle('weekly').delete();
    expect(await newest('weekly')).toEqual({ run, hasEnded: true });
  });

  test('a schedule means its last run, although a part of the id of another one has its name', async () => {
    await schedule('daily');
    const run = await trigger('daily');
    await terminate(run);
    await start('daily-by-hand', 'benchmarkFleet');
    expect((await findRun(client(), 'daily'))?.handle.workflowId).toBe(run);
    expect((await findRun(client(), 'daily-by'))?.handle.workflowId).toBe('daily-by-hand');
    expect(await findRun(client(), 'unknown')).toBeNull();
    expect(await findRun(client(), 'last')).toBeNull();
  });
});
