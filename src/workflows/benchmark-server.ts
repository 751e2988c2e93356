import {
  ActivityCancellationType,
  CancelledFailure,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { judge } from '../domain/judge.ts';
import type { BenchmarkOutcome } from '../domain/judge.ts';
import { combine } from '../domain/measurement.ts';
import { tenths } from '../domain/numbers.ts';
import { isStep } from '../domain/plan.ts';
import type { BenchmarkPlan, BenchmarkStep, ServerInput, ServerPlan } from '../domain/plan.ts';
import { isServerId, serverWorkflowId } from '../domain/server.ts';
import { judgedRow } from '../domain/server-row.ts';
import type { BenchmarkRow, ServerRow } from '../domain/server-row.ts';
import { runServer } from './run-server.ts';
import { describeError, ending, serverFailure, unjudgedRow } from './workflow-failure.ts';

// Without its own setting a proxy lets the workflow close while the cancelled benchmark still runs on the server.
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const { prepareServer } = proxyActivities<Activities>({
  // How long an unreachable server is tried is the worker's configuration; these only bound a worker that is lost.
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 day',
  cancellationType,
  summary: 'connect, look at the machine, choose tools',
});

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
  const rows: BenchmarkRow[] = [];
  for (const benchmark of plan.benchmarks) rows.push(await measureAndJudge(plan, benchmark));
  const { hardwareClass, notes } = plan;
  return rowOrFailure(judgedRow({ serverId, hardwareClass, ...elapsed() }, rows, notes));
}

async function prepare(args: unknown[], serverId: string): Promise<ServerPlan> {
  try {
    return await prepareServer(args);
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw serverFailure({ ...unjudgedRow(serverId, describeError(error)), ...elapsed() });
  }
}

/** Samples that contradict each other, or were taken amid other load, are measured once more before that is the end. */
async function measureAndJudge(plan: ServerPlan, { benchmark, expected, step }: BenchmarkPlan): Promise<BenchmarkRow> {
  if (!isStep(step)) return judge(benchmark, { measurements: [], error: step, tool: null, seconds: null }, expected);
  const first = await measure(plan, benchmark, step, 1);
  const row = judge(benchmark, first, expected);
  if (row.error?.type !== 'Inconclusive' || row.verdict !== 'error') return row;
  const second = await measure(plan, benchmark, step, 2);
  const seconds = (first.seconds ?? 0) + (second.seconds ?? 0);
  const measurements = combine(first.measurements, second.measurements);
  const evidence = [...(first.evidence ?? []), ...(second.evidence ?? [])];
  return judge(benchmark, { ...second, seconds, measurements, evidence }, expected);
}

async function measure(plan: ServerPlan, benchmark: string, step: BenchmarkStep, n: number): Promise<BenchmarkOutcome> {
  const activities = proxyActivities<Activities>({
    startToCloseTimeout: step.timeoutMs,
    heartbeatTimeout: '30 seconds',
    // A second attempt could run beside the first: whether that one still runs on the server, nobody knows.
    retry: { maximumAttempts: 1 },
    cancellationType,
    activityId: n === 1 ? benchmark : `${benchmark}-${n}`,
    summary: step.summary,
  });
  const { serverId, machine } = plan;
  const jobId = `${workflowInfo().runId}.${benchmark}.${n}`;
  try {
    return await activities[step.activity]({ serverId, machine, benchmark, tool: step.tool, jobId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { measurements: [], error: describeError(error), tool: step.tool, seconds: null };
  }
}

function rowOrFailure(row: ServerRow): ServerRow {
  log.info('server ended', { verdict: row.verdict, reason: row.reason });
  if (row.verdict === 'cancelled' || row.verdict === 'not_reached')
    throw new CancelledFailure(row.reason ?? row.verdict);
  if (row.verdict === 'fail' || row.verdict === 'error' || row.verdict === 'busy') throw serverFailure(row);
  return row;
}

function elapsed(): Pick<ServerRow, 'startedAt' | 'seconds'> {
  const { startTime } = workflowInfo();
  return { startedAt: startTime.toISOString(), seconds: tenths((Date.now() - startTime.getTime()) / 1000) };
}
