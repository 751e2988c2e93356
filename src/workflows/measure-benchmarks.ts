import { ActivityCancellationType, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RowError } from '../domain/failures/failure.ts';
import { judge } from '../domain/verdicts/judge.ts';
import type { BenchmarkOutcome } from '../domain/measurements/benchmark-outcome.ts';
import { combine, combineDevices } from '../domain/measurements/measurement.ts';
import { isStep } from '../domain/plans/plan.ts';
import type { BenchmarkPlan, BenchmarkResult, BenchmarkStep, ServerPlan } from '../domain/plans/plan.ts';
import { isBenchmarkResult } from '../domain/reports/read-result.ts';
import type { BenchmarkRow } from '../domain/verdicts/server-row.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { describeError, isActivityTimeout, malformedResult } from './workflow-failure.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** How long workers and Temporal may be unavailable before a benchmark gives up. */
const WORKER_OUTAGE_MS = 2 * 60 * 60 * 1000;

/** Runs the benchmarks in sequence and adds a row for each. Skips the rest once the server has stopped answering. */
export async function measureAll(plan: ServerPlan, rows: BenchmarkRow[], notes: string[]): Promise<void> {
  for (const planned of plan.benchmarks) {
    const silent = rows.find(isUnresponsive);
    if (silent !== undefined && isStep(planned.step)) {
      const message = `not started: the server did not answer in ${silent.benchmark}`;
      rows.push(errorRow(planned, { type: 'ServerUnresponsive', message }));
      continue;
    }
    try {
      rows.push(await measureAndJudge(plan, planned, notes));
    } catch (error) {
      if (isCancellation(error)) throw error;
      rows.push(errorRow(planned, describeError(error)));
    }
  }
}

export function isUnresponsive({ error }: BenchmarkRow): boolean {
  return error?.type === 'ServerUnresponsive';
}

function errorRow({ benchmark, expected }: BenchmarkPlan, error: RowError): BenchmarkRow {
  return judge(benchmark, { measurements: [], error, tool: null, seconds: null }, expected);
}

/**
 * Runs a benchmark, and repeats it once if its job was lost, its samples contradict each other, or there was other load.
 * A shortfall is never repeated. The notes say what was repeated, and why.
 */
async function measureAndJudge(plan: ServerPlan, planned: BenchmarkPlan, notes: string[]): Promise<BenchmarkRow> {
  const { benchmark, expected, step } = planned;
  if (!isStep(step)) return judge(benchmark, { measurements: [], error: step, tool: null, seconds: null }, expected);
  const first = await measure(plan, benchmark, step, 1);
  const afterReset = resetNote(benchmark, first);
  if (afterReset !== null) notes.push(afterReset);
  if (first.notCounted?.length) {
    notes.push(`${benchmark}: not counted, because it has no PCI address: ${first.notCounted.join(', ')}`);
  }
  const row = judge(benchmark, first, expected);
  const isLost = row.error?.type === 'JobLost';
  if (!isLost && (row.error?.type !== 'Inconclusive' || row.verdict !== 'error')) return row;
  notes.push(`${benchmark} was measured again: ${row.error!.message}`);
  const second = await measure(plan, benchmark, step, 2);
  const secondAfterReset = resetNote(benchmark, second);
  if (secondAfterReset !== null && afterReset === null) notes.push(secondAfterReset);
  if (isLost) return judge(benchmark, second, expected);
  const seconds = (first.seconds ?? 0) + (second.seconds ?? 0);
  const measurements = combine(first.measurements, second.measurements);
  const evidence = [...(first.evidence ?? []), ...(second.evidence ?? [])];
  const devices = combineDevices([...(first.devices ?? []), ...(second.devices ?? [])]);
  return judge(benchmark, { ...second, seconds, measurements, devices, evidence }, expected);
}

/** A note if this benchmark was running when the workflow was reset, else null. */
function resetNote(benchmark: string, { jobId }: Measured): string | null {
  if (runIdBeforeReset() === null || !jobId?.startsWith(workflowInfo().runId)) return null;
  return `${benchmark} was measured again: the workflow was reset`;
}

type Measured = BenchmarkOutcome & Pick<BenchmarkResult, 'jobId'>;

async function measure(plan: ServerPlan, benchmark: string, step: BenchmarkStep, n: number): Promise<Measured> {
  const { serverId, target, host, machine } = plan;
  const { activity, tool, timeoutMs, summary } = step;
  const activityId = n === 1 ? benchmark : `${benchmark}#${n}`;
  const jobId = `${workflowInfo().runId}.${benchmark}.${n}`;
  const request = { serverId, target, host, machine, benchmark, tool, jobId };
  const limits = { startToCloseTimeout: timeoutMs, heartbeatTimeout: '30 seconds', cancellationType } as const;
  // Each attempt finds the job of the previous one. Limited by time, not by count: each worker restart uses an attempt.
  const retry = {
    ...({ initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' } as const),
    nonRetryableErrorTypes: ['NotFoundError'], // a worker that does not have the activity
  };
  const benchmarks = proxyActivities<Activities>({
    ...{ ...limits, retry, activityId, summary },
    scheduleToCloseTimeout: timeoutMs + WORKER_OUTAGE_MS,
  });
  const collectors = proxyActivities<Activities>({
    ...{ ...limits, retry, activityId: `${activityId}#collect`, summary: `${benchmark}: collect the result` },
    scheduleToCloseTimeout: WORKER_OUTAGE_MS,
  });
  try {
    const result: unknown = await benchmarks[activity]!(request).catch((error: unknown) => {
      if (!isActivityTimeout(error)) throw error;
      // The timeout passed while no worker was running: the job may have ended long ago.
      return collectors[activity]!({ ...request, collect: true });
    });
    if (isBenchmarkResult(result)) return result;
    return { measurements: [], error: malformedResult('a benchmark'), tool, seconds: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { measurements: [], error: describeError(error), tool, seconds: null };
  }
}
