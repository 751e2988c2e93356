import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { BenchmarkResult } from '../domain/measurements/benchmark-result.ts';
import { combine, combineDevices } from '../domain/measurements/measurement.ts';
import type { BenchmarkStep, ServerPlan } from '../domain/plans/plan.ts';
import { heartbeatTimeoutMs } from '../domain/plans/time-limits.ts';
import { isBenchmarkResult, isFailureDetails } from '../domain/reports/read-result.ts';
import { endJobs } from './prepare-and-release.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { describeError, detailsOf, isActivityTimeout, malformedResult } from './workflow-failure.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** How long workers and Temporal may be unavailable before a benchmark gives up. */
const WORKER_OUTAGE_MS = 2 * 60 * 60 * 1000;

/** Each attempt finds the job of the previous one. Limited by time, not by count: each worker restart uses an attempt. */
const retry = {
  ...({ initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' } as const),
  nonRetryableErrorTypes: ['NotFoundError'], // a worker that does not have the activity
};

/** `next`: the server that the last benchmark looks at ahead. */
export type MeasuredServer = ServerPlan & { next?: string | undefined };

/**
 * Measures a benchmark with its activity. Resolves to a result with an error if that fails; rejects only if cancelled.
 * @param n - 2 if the benchmark is measured again: then it is another job
 */
export async function measure(
  plan: MeasuredServer,
  benchmark: string,
  step: BenchmarkStep,
  n: 1 | 2
): Promise<BenchmarkResult> {
  const { serverId, target, host, machine, next } = plan;
  const { activity, tool, timeoutMs, summary } = step;
  const activityId = n === 1 ? benchmark : `${benchmark}#${n}`;
  const jobId = `${workflowInfo().runId}.${benchmark}.${n}`;
  const request = { serverId, target, host, machine, benchmark, tool, jobId, ...(next !== undefined && { next }) };
  const heartbeatTimeout = heartbeatTimeoutMs(timeoutMs);
  const limits = { startToCloseTimeout: timeoutMs, heartbeatTimeout, cancellationType, retry };
  try {
    const scheduleToCloseTimeout = timeoutMs + WORKER_OUTAGE_MS;
    const measuring = proxyActivities<Activities>({ ...limits, activityId, summary, scheduleToCloseTimeout });
    const measured = measuring[activity]!(request).catch((error: unknown) => {
      if (!isActivityTimeout(error)) throw error;
      // The timeout passed while no worker was running: the job may have ended long ago.
      const about = { activityId: `${activityId}#collect`, summary: `${benchmark}: collect the result` };
      const collecting = proxyActivities<Activities>({ ...limits, ...about, scheduleToCloseTimeout: WORKER_OUTAGE_MS });
      return collecting[activity]!({ ...request, collect: true });
    });
    const result: unknown = await endJobsIfCancelled(plan, jobId, measured);
    if (isBenchmarkResult(result)) return result;
    return { measurements: [], error: malformedResult('a benchmark'), tool, seconds: null };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('its job was ended');
    const details = detailsOf(error);
    const kept = isFailureDetails(details) ? { raw: details.raw } : {};
    return { measurements: [], error: describeError(error), tool, seconds: null, ...kept };
  }
}

/** Waits for a benchmark. If it is cancelled, ends its jobs: its activity learns of that only by its next heartbeat. */
async function endJobsIfCancelled<Result>(
  plan: ServerPlan,
  prefix: string,
  measured: Promise<Result>
): Promise<Result> {
  let isMeasuring = true;
  let ended: Promise<void> | undefined;
  CancellationScope.current().cancelRequested.catch(() => {
    if (isMeasuring && patched('jobs-end-with-the-cancel')) ended = endJobs(plan, prefix);
  });
  try {
    return await measured;
  } finally {
    isMeasuring = false;
    await ended;
  }
}

/** Notes what else happened to a measurement. A reset workflow repeats what was running: under a new run id. */
export function addNotes(notes: string[], benchmark: string, { jobId, notCounted = [] }: BenchmarkResult): void {
  const add = (note: string): unknown => notes.includes(note) || notes.push(note);
  if (runIdBeforeReset() !== null && jobId?.startsWith(workflowInfo().runId))
    add(`${benchmark} was measured again: the workflow was reset`);
  if (notCounted.length > 0) add(`${benchmark}: not counted, because it has no PCI address: ${notCounted.join(', ')}`);
}

/** The samples of two measurements of one benchmark. */
export function withSamplesOf(first: BenchmarkResult, second: BenchmarkResult): BenchmarkResult {
  return {
    ...second,
    seconds: (first.seconds ?? 0) + (second.seconds ?? 0),
    measurements: combine(first.measurements, second.measurements),
    evidence: [...(first.evidence ?? []), ...(second.evidence ?? [])],
    faults: [...(first.faults ?? []), ...(second.faults ?? [])],
    devices: combineDevices([...(first.devices ?? []), ...(second.devices ?? [])]),
  };
}
