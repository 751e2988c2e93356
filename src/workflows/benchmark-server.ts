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
import { checkedRow } from '../domain/checked-row.ts';
import { judge } from '../domain/judge.ts';
import type { BenchmarkOutcome } from '../domain/judge.ts';
import { machineFacts } from '../domain/machine.ts';
import { combine } from '../domain/measurement.ts';
import { tenths } from '../domain/numbers.ts';
import { isChecked, isStep } from '../domain/plan.ts';
import type { BenchmarkPlan, BenchmarkStep, CheckedServer, ServerInput, ServerPlan } from '../domain/plan.ts';
import { saidOnce, whyOf } from '../domain/said-once.ts';
import { isServerId, serverWorkflowId } from '../domain/server.ts';
import { judgedRow, withError } from '../domain/server-row.ts';
import type { BenchmarkRow, ServerRow } from '../domain/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from '../domain/truncate-row.ts';
import { PREPARE_LIMIT_MS, RELEASE_LIMIT_MS } from '../domain/time-limits.ts';
import { runServer } from './run-server.ts';
import { tellReached } from './tell-reached.ts';
import { describeError, ending, isTimeout, serverFailure, unjudgedRow } from './workflow-failure.ts';

// Without its own setting a proxy lets the workflow close while the cancelled benchmark still runs on the server.
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const { prepareServer } = proxyActivities<Activities>({
  // How long an unreachable server is tried is the worker's configuration; these only bound a worker that is lost.
  startToCloseTimeout: PREPARE_LIMIT_MS,
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '3 hours',
  cancellationType,
  summary: 'connect, look at the machine, choose tools',
});

const { releaseServer } = proxyActivities<Activities>({
  startToCloseTimeout: RELEASE_LIMIT_MS,
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '30 minutes',
  cancellationType,
  summary: 'end and remove its jobs, look again',
});

/** How long workers and Temporal may be away before the result of a benchmark is no longer waited for. */
const AWAY_MS = 2 * 60 * 60 * 1000;

/** A server that is started by hand waits no longer than this for its workflow. */
const BY_HAND_TIMEOUT_MS = 2 * 24 * 60 * 60 * 1000;

/**
 * The main function of one server: all its benchmarks one after the other, then the verdict. Completes with the
 * server's row, or fails with it as `details[0]`: `PerformanceBelowExpected` where it measured short, else the type of
 * what kept it from being judged. Neither is ever retried.
 *
 * Its workflow id is the server's mutex, so under any other id than `server/<serverId>` it runs itself as that child.
 */
export async function benchmarkServer(...args: unknown[]): Promise<ServerRow> {
  return ending(async () => {
    const serverId = (args[0] as ServerInput | null | undefined)?.serverId;
    if (!isServerId(serverId)) return refuse(args);
    if (workflowInfo().workflowId === serverWorkflowId(serverId)) return benchmarkAndJudge(args, serverId);
    return rowOrFailure(await runServer(serverId, args, BY_HAND_TIMEOUT_MS));
  });
}

/** Without a server there is no row; the worker says what is wrong with the input. */
async function refuse(args: unknown[]): Promise<never> {
  await prepareServer(args);
  throw new TypeError('the worker prepared a server that was not named');
}

async function benchmarkAndJudge(args: unknown[], serverId: string): Promise<ServerRow> {
  const plan = await prepare(args, serverId);
  tellReached(args);
  if (isChecked(plan)) return rowOrFailure(handedOver(checkedRow(plan, elapsed()), args));
  const rows: BenchmarkRow[] = [];
  const notes = [...plan.notes];
  let cancelled = false;
  try {
    for (const benchmark of plan.benchmarks) rows.push(await measureAndJudge(plan, benchmark, notes));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = true;
  }
  const leftover = await release(plan);
  if (leftover !== 'none' || cancelled) notes.push(`leftover: ${leftover}`);
  const { hardwareClass, classBy = null, identity = null } = plan;
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(plan.machine), ...elapsed() };
  const judged = judgedRow(facts, rows, notes);
  const row = plan.expectationMissing ? withError(judged, plan.expectationMissing) : judged;
  return rowOrFailure(
    handedOver(cancelled ? { ...row, verdict: 'cancelled', reason: 'the run was cancelled' } : row, args)
  );
}

/** Ends and removes all jobs of this run, whatever became of it. Says which processes are left on the server. */
async function release({ serverId, target, host }: ServerPlan): Promise<string> {
  try {
    const request = { serverId, target, host, prefix: workflowInfo().runId };
    const leftover = await CancellationScope.nonCancellable(() => releaseServer(request));
    return leftover.length === 0 ? 'none' : leftover.join(', ');
  } catch (error) {
    return `unknown, its own time limits end what still runs (${describeError(error).message})`;
  }
}

async function prepare(args: unknown[], serverId: string): Promise<ServerPlan | CheckedServer> {
  try {
    return await prepareServer(args);
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw serverFailure(handedOver({ ...unjudgedRow(serverId, describeError(error)), ...elapsed() }, args));
  }
}

/**
 * A job that was lost is measured once more, and the row says so. So are samples that contradict each other or were
 * taken amid other load; what was measured short never is.
 */
async function measureAndJudge(plan: ServerPlan, planned: BenchmarkPlan, notes: string[]): Promise<BenchmarkRow> {
  const { benchmark, expected, step } = planned;
  if (!isStep(step)) return judge(benchmark, { measurements: [], error: step, tool: null, seconds: null }, expected);
  const first = await measure(plan, benchmark, step, 1);
  const row = judge(benchmark, first, expected);
  if (row.error?.type === 'JobLost') {
    notes.push(`${benchmark} was measured again: ${row.error.message}`);
    return judge(benchmark, await measure(plan, benchmark, step, 2), expected);
  }
  if (row.error?.type !== 'Inconclusive' || row.verdict !== 'error') return row;
  const second = await measure(plan, benchmark, step, 2);
  const seconds = (first.seconds ?? 0) + (second.seconds ?? 0);
  const measurements = combine(first.measurements, second.measurements);
  const evidence = [...(first.evidence ?? []), ...(second.evidence ?? [])];
  return judge(benchmark, { ...second, seconds, measurements, evidence }, expected);
}

async function measure(plan: ServerPlan, benchmark: string, step: BenchmarkStep, n: number): Promise<BenchmarkOutcome> {
  const { serverId, target, host, machine } = plan;
  const { activity, tool, timeoutMs, summary } = step;
  const activityId = n === 1 ? benchmark : `${benchmark}#${n}`;
  const jobId = `${workflowInfo().runId}.${benchmark}.${n}`;
  const request = { serverId, target, host, machine, benchmark, tool, jobId };
  const limits = { startToCloseTimeout: timeoutMs, heartbeatTimeout: '30 seconds', cancellationType } as const;
  // Each attempt finds the job of the one before. By time, not by number: every restart of a worker takes one.
  const retry = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' } as const;
  const benchmarks = proxyActivities<Activities>({
    ...{ ...limits, retry, activityId, summary },
    scheduleToCloseTimeout: timeoutMs + AWAY_MS,
  });
  const collecting = proxyActivities<Activities>({
    ...{ ...limits, retry, activityId: `${activityId}#collect`, summary: `${benchmark}: what came of it meanwhile` },
    scheduleToCloseTimeout: AWAY_MS,
  });
  try {
    return await benchmarks[activity](request).catch((error: unknown) => {
      if (!isTimeout(error)) throw error;
      // The clock ran on while no worker was there; the job may be over for long.
      return collecting[activity]({ ...request, collect: true });
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { measurements: [], error: describeError(error), tool, seconds: null };
  }
}

/** Says which workflow has the whole story, and is no larger than whoever started it can take. */
function handedOver(row: ServerRow, args: readonly unknown[]): ServerRow {
  const { maxRowBytes } = args[0] as ServerInput;
  const limit = Number.isSafeInteger(maxRowBytes) ? Math.min(maxRowBytes!, MAX_ROW_BYTES) : MAX_ROW_BYTES;
  return truncateRow(saidOnce({ ...row, temporalRunId: workflowInfo().runId }), limit);
}

function rowOrFailure(row: ServerRow): ServerRow {
  log.info('server ended', { verdict: row.verdict, reason: whyOf(row) });
  // A cancelled workflow has no result: for its parent's report it fails with what it has.
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
