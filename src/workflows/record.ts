import {
  ActivityCancellationType,
  CancellationScope,
  getCurrentDetails,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { ActionClaim } from '../domain/actions/claims.ts';
import type { ServerInput } from '../domain/plans/plan.ts';
import { fitRecord } from '../domain/records/fit-record.ts';
import type { BenchmarkRecord, RunRecord, ServerRecord } from '../domain/records/records.ts';
import type { FleetReport } from '../domain/reports/fleet-report.ts';
import { changedBySameMachines } from '../domain/reports/same-machine.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import type { Place } from './place.ts';
import { showWaiting } from './shown-run.ts';
import { describeError } from './workflow-failure.ts';
import { writingLimits } from './writing-limits.ts';

const limits = { ...writingLimits, cancellationType: ActivityCancellationType.TRY_CANCEL } as const;

const SERVER_SUMMARY = 'keep the results of this server';
const RUN_SUMMARY = 'keep the results of the run';

const { recordServer: recordServerLocally } = proxyLocalActivities<Activities>({
  scheduleToCloseTimeout: '5 seconds',
  retry: { maximumAttempts: 1 },
});

/** Shorter than the timeout of the workflow: then the run writes the row. */
const { recordServer } = proxyActivities<Activities>({
  ...limits,
  scheduleToCloseTimeout: '1 day',
  summary: SERVER_SUMMARY,
});
const { recordRun } = proxyActivities<Activities>({ ...limits, summary: RUN_SUMMARY });

/** After a cancel, a store that is away is not waited for as long. */
const { recordServer: recordCancelledServer } = proxyActivities<Activities>({
  ...limits,
  scheduleToCloseTimeout: '1 minute',
  summary: SERVER_SUMMARY,
});
const { recordRun: recordCancelledRun } = proxyActivities<Activities>({
  ...limits,
  scheduleToCloseTimeout: '10 minutes',
  summary: RUN_SUMMARY,
});

/**
 * Writes the complete result of this server into the results store, if its run asks for it. A store that is away is waited
 * for, without the place in the run. Never rejects: without a record, the run writes the row.
 */
export async function recordServerOnce(
  record: ServerInput['record'],
  place: Place | null,
  row: ServerRow,
  benchmarks: BenchmarkRecord[]
): Promise<void> {
  const { parent, workflowId, runId } = workflowInfo();
  const runStartedAt = Date.parse(record?.runStartedAt ?? ''); // anyone can have started this workflow
  if (Number.isNaN(runStartedAt)) return;
  const run = parent ?? { workflowId, runId }; // without a run, it is its own
  const key = { run: run.workflowId, temporalRunId: run.runId };
  const shown = getCurrentDetails();
  const whole: ServerRecord = { ...key, runStartedAt: new Date(runStartedAt).toISOString(), row, benchmarks };
  try {
    await CancellationScope.nonCancellable(() => recordServerLocally(whole));
    return;
  } catch (error) {
    setCurrentDetails(`${shown}\n\nwaiting for the results store: ${describeError(error).message}`);
  }
  place?.lend(true);
  const fitting = fitRecord(whole);
  await untilCancelled(
    () => recordServer(fitting),
    () => recordCancelledServer(fitting)
  ).catch((error: unknown) => log.warn('the results of this server were not kept', { err: describeError(error) }));
  setCurrentDetails(shown);
}

interface EndedRun {
  serverIds: readonly string[];
  /** As the servers have handed them over. */
  rows: readonly ServerRow[];
  isCancelled: boolean;
}

/**
 * Writes the end of a run, with the rows that the run has made or changed itself: the servers have written the others.
 * Resolves when the results are safe; after a cancel, it may give up.
 */
export async function recordEnd(report: FleetReport, { serverIds, rows, isCancelled }: EndedRun): Promise<void> {
  const { servers } = report;
  const changed = changedBySameMachines(rows);
  const own = servers.filter((row) => row.temporalRunId === null || changed.has(row.serverId));
  const record = recordOf(report, { serverIds, isCancelled }, own);
  showWaiting(report, 'the results store');
  try {
    const missing = new Set(await write(record));
    if (missing.size === 0) return;
    const left = servers.filter(({ serverId }) => missing.has(serverId));
    await write({ ...record, rows: [...own, ...left] });
  } catch (error) {
    log.warn('the results of this run were not kept', { err: describeError(error) });
  }
}

/** Writes what actions did, and the report with it. */
export async function recordActions(
  report: FleetReport,
  { claims, ...run }: Omit<EndedRun, 'rows'> & { claims: ActionClaim[] }
): Promise<void> {
  const actions = { claims, endedAt: new Date().toISOString() };
  await write({ ...recordOf(report, run, []), actions }).catch((error: unknown) => {
    log.warn('what the actions of this run did was not kept', { err: describeError(error) });
  });
}

function recordOf(
  { servers: _, ...report }: FleetReport,
  { serverIds, isCancelled }: Omit<EndedRun, 'rows'>,
  rows: ServerRow[]
): RunRecord {
  const { run, temporalRunId, startedAt } = report;
  return { ...{ run, temporalRunId, startedAt, schedule: startedBySchedule(), isCancelled }, serverIds, report, rows };
}

function write(record: RunRecord): Promise<string[]> {
  return untilCancelled(
    () => recordRun(record),
    () => recordCancelledRun(record)
  );
}

async function untilCancelled<Result>(long: () => Promise<Result>, short: () => Promise<Result>): Promise<Result> {
  try {
    if (!CancellationScope.current().consideredCancelled) return await long();
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  return CancellationScope.nonCancellable(short);
}

/** The schedule of Temporal that started this workflow; null: none. */
export function startedBySchedule(): string | null {
  const [schedule] = workflowInfo().searchAttributes['TemporalScheduledById'] ?? [];
  return typeof schedule === 'string' ? schedule : null;
}
