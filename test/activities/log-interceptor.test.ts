import { MockActivityEnvironment } from '@temporalio/testing';
import { Context } from '@temporalio/activity';
import { expect, test } from 'vitest';
import { logInterceptor } from '../../src/activities/log-interceptor.ts';
import { logContext } from '../../src/logging/context.ts';

/** The fields of a log line that is written inside an activity. */
async function contextOf(workflowId: string, activityType: string, activityId: string): Promise<unknown> {
  const workflowExecution = { workflowId, runId: 'run-1' };
  const environment = new MockActivityEnvironment({ activityType, activityId, workflowExecution });
  return environment.run(async () => {
    const { execute } = logInterceptor(Context.current()).inbound!;
    return execute!({ args: [], headers: {} }, () => Promise.resolve(logContext()));
  });
}

test('log lines of a benchmark have its server and name, also when it is repeated', async () => {
  const of = (activityId: string): Promise<unknown> => contextOf('server/web-7', 'benchmarkCommand', activityId);
  expect(await of('burn')).toEqual({ serverId: 'web-7', benchmark: 'burn' });
  expect(await of('burn#2')).toEqual({ serverId: 'web-7', benchmark: 'burn' });
  expect(await of('burn-2')).toEqual({ serverId: 'web-7', benchmark: 'burn-2' });
  expect(await of('burn-2#2#collect')).toEqual({ serverId: 'web-7', benchmark: 'burn-2' });
});

test('other log lines of a server have no benchmark, and those of a run no server', async () => {
  expect(await contextOf('server/web-7', 'prepareServer', '1')).toEqual({ serverId: 'web-7' });
  expect(await contextOf('fleet-1', 'planFleet', '1')).toEqual({ run: 'fleet-1' });
});
