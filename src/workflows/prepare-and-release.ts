import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RowError } from '../domain/failures/failure.ts';
import type { CheckedServer, ServerInput, ServerPlan } from '../domain/plans/plan.ts';
import { isJobHost, isLeftover, isPrepared } from '../domain/reports/read-result.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { signalAuthenticated } from './messages.ts';
import { describeError, malformedResult } from './workflow-failure.ts';

// With the default type, the workflow would close while the cancelled benchmark still runs on the server.
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const { prepareServer } = proxyActivities<Activities>({
  // The worker's configuration limits the wait for a server; these timeouts only detect a lost worker.
  startToCloseTimeout: '3 hours',
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '3 hours',
  cancellationType,
  summary: 'connect, look at the machine, choose tools',
});

const { releaseServer } = proxyActivities<Activities>({
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '30 minutes',
  cancellationType,
  summary: 'end and remove its jobs, look again',
});

/**
 * Short steps, within a workflow task: a third of the events. What takes longer, or fails, is left to the activities above:
 * they tell what is wrong, and have time.
 */
const short = proxyLocalActivities<Activities>({
  scheduleToCloseTimeout: '6 seconds',
  cancellationType,
  retry: { maximumAttempts: 1 },
});

/** Null if it failed or took too long. A refused login counts: another one could lock the account. */
async function inShort<Result>(step: () => Promise<Result>): Promise<Result | null> {
  try {
    return await step();
  } catch (error) {
    if (isCancellation(error) || describeError(error).type === 'AuthenticationFailed') throw error;
    return null;
  }
}

/** Connects to a server and plans its benchmarks. Resolves to an error if that fails; rejects only if cancelled. */
export async function prepare(args: unknown[], serverId: string): Promise<ServerPlan | CheckedServer | RowError> {
  const run = workflowInfo().parent?.workflowId;
  let plan: unknown = null;
  try {
    if ((args[0] as ServerInput).seenAhead) plan = await inShort(() => short.prepareServer(args, run, true));
    plan ??= await prepareServer(args, run);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return describeError(error);
  }
  signalAuthenticated(args);
  if (isPrepared(plan, serverId)) return plan;
  // The plan is malformed, but its job folder may still be known: release the server.
  const { host, target } = (plan ?? {}) as Partial<Record<keyof ServerPlan, unknown>>;
  if (isJobHost(host)) await release({ serverId, target: typeof target === 'string' ? target : undefined, host });
  return malformedResult('the preparation of a server');
}

/** Fails for input without a valid server id: the worker says what is wrong. */
export async function refuseInput(args: unknown[]): Promise<never> {
  await prepareServer(args);
  throw new TypeError('the worker accepted input without a server id');
}

/** Ends and removes the jobs of a benchmark. If this fails, the release of the server tries again. */
export async function endJobs({ serverId, target, host }: ServerPlan, prefix: string): Promise<void> {
  const request = { serverId, target, host, prefix };
  await CancellationScope.nonCancellable(() => releaseServer(request)).catch(() => undefined);
}

/** Ends and removes all jobs of this run. Resolves to the names of leftover processes, or `none`. */
export async function release(
  { serverId, target, host }: Pick<ServerPlan, 'serverId' | 'target' | 'host'>,
  { unresponsive = false, localSteps = false } = {}
): Promise<string> {
  try {
    const earlier = runIdBeforeReset();
    const how = { ...(unresponsive && { unresponsive }), ...(earlier !== null && { earlier: [earlier] }) };
    const request = { serverId, target, host, prefix: workflowInfo().runId, ...how };
    const leftover: unknown = await CancellationScope.nonCancellable(
      async () =>
        (localSteps && !unresponsive ? await inShort(() => short.releaseServer(request)) : null) ??
        (await releaseServer(request))
    );
    if (!isLeftover(leftover)) return `unknown, ${malformedResult('the release of a server').message}`;
    return leftover.length === 0 ? 'none' : leftover.join(', ');
  } catch (error) {
    return `unknown, remaining jobs end at their own time limits (${describeError(error).message})`;
  }
}
