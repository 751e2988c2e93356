import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RowError } from '../domain/failures/failure.ts';
import { isChecked, type CheckedServer, type ServerPlan } from '../domain/plans/plan.ts';
import { isJobHost, isLeftover, isPrepared } from '../domain/reports/read-result.ts';
import type { Place } from './place.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { signalAuthenticated } from './messages.ts';
import { describeError, isActivityTimeout, malformedResult } from './workflow-failure.ts';

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

/** The same as local activities, within a workflow task: a third fewer events. A busy server is looked at for 9 seconds. */
const { prepareServer: prepareLocally } = proxyLocalActivities<Activities>(localFor('12 seconds'));
const { releaseServer: releaseLocally } = proxyLocalActivities<Activities>(localFor('6 seconds'));

/** A server that was prepared longer ago is looked at again. */
const LONG_AGO_MS = 30_000;

function localFor(scheduleToCloseTimeout: `${number} seconds`): LocalActivityOptions {
  return { scheduleToCloseTimeout, cancellationType, retry: { maximumAttempts: 1 } };
}

/**
 * Does a step as a local activity if the server has a place in a run. If that takes too long, lends the place and does it as
 * an activity.
 */
async function doStep<Result>(
  place: Place | null,
  local: () => Promise<Result>,
  activity: () => Promise<Result>
): Promise<Result> {
  if (place === null) return activity();
  try {
    return await local();
  } catch (error) {
    // A worker that stops also cancels it.
    const isOver = isCancellation(error) && !CancellationScope.current().consideredCancelled;
    if (!isActivityTimeout(error) && !isOver) throw error;
    place.lend();
    return activity();
  }
}

/**
 * Prepares a server so that it can be measured at once: a server that had to wait for its place is looked at again. Then it
 * keeps the place, however long that takes.
 */
export async function prepareInPlace(
  args: unknown[],
  serverId: string,
  place: Place | null
): Promise<ServerPlan | CheckedServer | RowError> {
  let lendable = place;
  for (;;) {
    const plan = await prepare(args, serverId, lendable);
    if (place === null || 'message' in plan || isChecked(plan)) return plan;
    try {
      if ((await place.takeBack()) < LONG_AGO_MS) return plan;
    } catch (error) {
      await release(plan, place); // its guard
      if (isCancellation(error)) throw error;
      return describeError(error);
    }
    if (patched('prepares-in-its-place')) lendable = null;
  }
}

/** Connects to a server and plans its benchmarks. Resolves to an error if that fails; rejects only if cancelled. */
async function prepare(
  args: unknown[],
  serverId: string,
  place: Place | null
): Promise<ServerPlan | CheckedServer | RowError> {
  const run = workflowInfo().parent?.workflowId;
  let plan: unknown;
  try {
    plan = await doStep(
      place,
      () => prepareLocally(args, run),
      () => prepareServer(args, run)
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
    return describeError(error);
  }
  signalAuthenticated(args);
  if (isPrepared(plan, serverId)) return plan;
  // The plan is malformed, but its job folder may still be known: release the server.
  const { host, target } = (plan ?? {}) as Partial<Record<keyof ServerPlan, unknown>>;
  if (isJobHost(host)) await release({ serverId, target: typeof target === 'string' ? target : undefined, host }, null);
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
  place: Place | null,
  unresponsive = false
): Promise<string> {
  try {
    const earlier = runIdBeforeReset();
    const how = { ...(unresponsive && { unresponsive }), ...(earlier !== null && { earlier: [earlier] }) };
    const request = { serverId, target, host, prefix: workflowInfo().runId, ...how };
    if (unresponsive) place?.lend();
    const leftover: unknown = await CancellationScope.nonCancellable(() =>
      doStep(
        unresponsive ? null : place,
        () => releaseLocally(request),
        () => releaseServer(request)
      )
    );
    if (!isLeftover(leftover)) return `unknown, ${malformedResult('the release of a server').message}`;
    return leftover.length === 0 ? 'none' : leftover.join(', ');
  } catch (error) {
    return `unknown, remaining jobs end at their own time limits (${describeError(error).message})`;
  }
}
