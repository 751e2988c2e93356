import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { checkedRow } from '../domain/reports/checked-row.ts';
import { machineFacts } from '../domain/servers/machine.ts';
import { tenths } from '../domain/values/numbers.ts';
import { isChecked } from '../domain/plans/plan.ts';
import type { CheckedServer, ServerInput, ServerPlan } from '../domain/plans/plan.ts';
import { isJobHost, isLeftover, isPrepared } from '../domain/reports/read-result.ts';
import { saidOnce, whyOf } from '../domain/reports/said-once.ts';
import { isServerId, serverWorkflowId } from '../domain/servers/server.ts';
import { judgedRow, withError } from '../domain/verdicts/server-row.ts';
import type { BenchmarkRow, ServerRow } from '../domain/verdicts/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from '../domain/reports/truncate-row.ts';
import { isUnresponsive, measureAll } from './measure-benchmarks.ts';
import { runServer } from './run-server.ts';
import { signalAuthenticated } from './signal-authenticated.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { describeError, failClosed, malformedResult, serverFailure, unjudgedRow } from './workflow-failure.ts';

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

/** Timeout of the child workflow when a server is started by hand. */
const BY_HAND_TIMEOUT_MS = 2 * 24 * 60 * 60 * 1000;

/**
 * Runs all benchmarks of one server in sequence, then judges them. Completes with the server's row, or fails with the row
 * as `details[0]`: `WrongResult` or `PerformanceBelowExpected` for a shortfall, otherwise the type of its error. Failures
 * are never retried.
 *
 * The workflow id `server/<serverId>` is the mutex of the server. Under another id, it runs itself as a child with that id.
 */
export async function benchmarkServer(...args: unknown[]): Promise<ServerRow> {
  return failClosed(async () => {
    const serverId = (args[0] as ServerInput | null | undefined)?.serverId;
    if (!isServerId(serverId)) return refuseInput(args);
    if (workflowInfo().workflowId === serverWorkflowId(serverId)) return benchmarkAndJudge(args, serverId);
    return rowOrFailure(await runServer(serverId, args, BY_HAND_TIMEOUT_MS));
  });
}

/** Fails for input without a valid server id: the worker says what is wrong. */
async function refuseInput(args: unknown[]): Promise<never> {
  await prepareServer(args);
  throw new TypeError('the worker accepted input without a server id');
}

async function benchmarkAndJudge(args: unknown[], serverId: string): Promise<ServerRow> {
  const plan = await prepare(args, serverId);
  if (isChecked(plan)) return rowOrFailure(handOver(checkedRow(plan, elapsed()), args));
  const rows: BenchmarkRow[] = [];
  const notes = [...plan.notes];
  if ((args[0] as ServerInput).afterReset)
    notes.push('may have been measured twice: the workflow of the run was reset');
  let cancelled = false;
  try {
    await measureAll(plan, rows, notes);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = true;
  } finally {
    const leftover = await release(plan, rows.some(isUnresponsive));
    if (leftover !== 'none' || cancelled) notes.push(`leftover: ${leftover}`);
  }
  const { hardwareClass, classBy = null, identity = null } = plan;
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(plan.machine), ...elapsed() };
  const judged = judgedRow(facts, rows, notes);
  const row = plan.expectationMissing ? withError(judged, plan.expectationMissing) : judged;
  return rowOrFailure(
    handOver(cancelled ? { ...row, verdict: 'cancelled', reason: 'the run was cancelled' } : row, args)
  );
}

/** Ends and removes all jobs of this run. Resolves to the names of leftover processes, or `none`. */
async function release(
  { serverId, target, host }: Pick<ServerPlan, 'serverId' | 'target' | 'host'>,
  unresponsive = false
): Promise<string> {
  try {
    const earlier = runIdBeforeReset();
    const how = { ...(unresponsive && { unresponsive }), ...(earlier !== null && { earlier: [earlier] }) };
    const request = { serverId, target, host, prefix: workflowInfo().runId, ...how };
    const leftover: unknown = await CancellationScope.nonCancellable(() => releaseServer(request));
    if (!isLeftover(leftover)) return `unknown, ${malformedResult('the release of a server').message}`;
    return leftover.length === 0 ? 'none' : leftover.join(', ');
  } catch (error) {
    return `unknown, remaining jobs end at their own time limits (${describeError(error).message})`;
  }
}

async function prepare(args: unknown[], serverId: string): Promise<ServerPlan | CheckedServer> {
  let plan: unknown;
  try {
    plan = await prepareServer(args);
    signalAuthenticated(args);
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw serverFailure(handOver({ ...unjudgedRow(serverId, describeError(error)), ...elapsed() }, args));
  }
  if (isPrepared(plan, serverId)) return plan;
  // The plan is malformed, but its job folder may still be known: release the server.
  const { host, target } = (plan ?? {}) as Partial<Record<keyof ServerPlan, unknown>>;
  const place = { serverId, target: typeof target === 'string' ? target : undefined };
  if (isJobHost(host)) await release({ ...place, host });
  const row = { ...unjudgedRow(serverId, malformedResult('the preparation of a server')), ...elapsed() };
  throw serverFailure(handOver(row, args));
}

/** Adds the run id of this workflow to a row, and truncates the row to the limit of the parent. */
function handOver(row: ServerRow, args: readonly unknown[]): ServerRow {
  const { maxRowBytes } = args[0] as ServerInput;
  const limit = Number.isSafeInteger(maxRowBytes) ? Math.min(maxRowBytes!, MAX_ROW_BYTES) : MAX_ROW_BYTES;
  return truncateRow(saidOnce({ ...row, temporalRunId: workflowInfo().runId }), limit);
}

function rowOrFailure(row: ServerRow): ServerRow {
  log.info('server ended', { verdict: row.verdict, reason: whyOf(row) });
  // A cancelled workflow has no result: it fails instead, so that its parent gets the row.
  if (row.verdict === 'cancelled' && workflowInfo().parent !== undefined) throw serverFailure(row);
  if (row.verdict === 'cancelled' || row.verdict === 'not_reached')
    throw new CancelledFailure(row.reason ?? row.verdict);
  if (row.verdict === 'fail' || row.verdict === 'error' || row.verdict === 'busy') throw serverFailure(row);
  return row;
}

function elapsed(): Pick<ServerRow, 'startedAt' | 'seconds'> {
  const { startTime } = workflowInfo();
  return { startedAt: startTime.toISOString(), seconds: tenths((Date.now() - startTime.getTime()) / 1000) };
}
