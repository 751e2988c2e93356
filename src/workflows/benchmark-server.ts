import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { RowError } from '../domain/failures/failure.ts';
import { checkedRow } from '../domain/reports/checked-row.ts';
import { machineFacts } from '../domain/servers/machine.ts';
import { tenths } from '../domain/values/numbers.ts';
import { isChecked, isStep, type BenchmarkPlan, type ServerInput } from '../domain/plans/plan.ts';
import { withoutDuplicateMessages } from '../domain/reports/duplicate-messages.ts';
import { isServerId, serverWorkflowId } from '../domain/servers/server.ts';
import { judge } from '../domain/verdicts/judge.ts';
import {
  judgedRow,
  unmeasuredRow,
  withError,
  type BenchmarkRow,
  type ServerRow,
} from '../domain/verdicts/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from '../domain/reports/truncate-row.ts';
import { endWithRow } from './end-with-row.ts';
import { measure, withSamplesOf, type MeasuredServer } from './measure.ts';
import type { BenchmarkResult } from '../domain/measurements/benchmark-result.ts';
import { Place } from './place.ts';
import { prepare, refuseInput, release } from './prepare-and-release.ts';
import { runServer } from './run-server.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';
import { failClosed } from './workflow-failure.ts';

/** A server that was prepared longer ago is looked at again. */
const LONG_AGO_MS = 30_000;

/** Timeout of the child workflow if this workflow is started by hand, not by a run. */
const BY_HAND_TIMEOUT_MS = 2 * 24 * 60 * 60 * 1000;

/**
 * Runs all benchmarks of one server in sequence, and judges each. Completes with the server's row, or fails with the row as
 * `details[0]`: `WrongResult` or `PerformanceBelowExpected` for a shortfall, otherwise the type of its error. Failures are
 * never retried.
 *
 * The workflow id `server/<serverId>` is the mutex of the server. Under another id, it runs itself as a child with that id.
 */
export async function benchmarkServer(...args: unknown[]): Promise<ServerRow> {
  return failClosed(async () => {
    const serverId = (args[0] as ServerInput | null | undefined)?.serverId;
    if (!isServerId(serverId)) return refuseInput(args);
    const { workflowId, runId } = workflowInfo();
    if (workflowId !== serverWorkflowId(serverId))
      return endWithRow(await runServer(serverId, args, BY_HAND_TIMEOUT_MS));
    const row = { ...(await rowOf(serverId, args)), temporalRunId: runId };
    return endWithRow(truncateRow(withoutDuplicateMessages(row), maxRowBytes(args[0] as ServerInput)));
  });
}

/** The row of this server: `busy` or `error` if it cannot be prepared, otherwise the worst verdict of its benchmarks. */
async function rowOf(serverId: string, args: unknown[]): Promise<ServerRow> {
  const { afterReset, localSteps = false, next } = args[0] as ServerInput;
  const { parent } = workflowInfo();
  const place = localSteps && parent !== undefined ? new Place(parent) : null;
  const plan = await prepareInPlace(args, serverId, place);
  if ('message' in plan) {
    const verdict = plan.type === 'ServerBusy' ? 'busy' : 'error';
    return { ...unmeasuredRow(serverId, verdict, plan), ...elapsed() };
  }
  if (isChecked(plan)) return checkedRow(plan, elapsed());
  const rows: BenchmarkRow[] = [];
  const notes = [...plan.notes];
  if (afterReset) notes.push('may have been measured twice: the workflow of the run was reset');
  const last = plan.benchmarks.findLastIndex(({ step }) => isStep(step));
  let cancelled = false;
  try {
    for (const [index, planned] of plan.benchmarks.entries()) {
      const measured = index === last ? { ...plan, next } : plan;
      rows.push(await benchmarkRow(measured, planned, rows.find(isUnresponsive), notes));
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = true;
  } finally {
    const leftover = await release(plan, place, rows.some(isUnresponsive));
    if (leftover !== 'none' || cancelled) notes.push(`leftover: ${leftover}`);
  }
  const { hardwareClass, classBy = null, identity = null } = plan;
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(plan.machine), ...elapsed() };
  const judged = judgedRow(facts, rows, notes);
  const row = plan.expectationMissing ? withError(judged, plan.expectationMissing) : judged;
  return cancelled ? { ...row, verdict: 'cancelled', reason: 'the run was cancelled' } : row;
}

/** Prepares a server so that it can be measured at once: a server that had to wait for its place is looked at again. */
async function prepareInPlace(args: unknown[], serverId: string, place: Place | null): ReturnType<typeof prepare> {
  for (;;) {
    const plan = await prepare(args, serverId, place);
    if (place === null || 'message' in plan || isChecked(plan)) return plan;
    try {
      if ((await place.takeBack()) < LONG_AGO_MS) return plan;
    } catch (error) {
      await release(plan, place); // its guard
      throw error;
    }
  }
}

/**
 * Measures and judges a benchmark. Repeats it once if its job was lost, its samples contradict each other, or there was
 * other load; a shortfall is never repeated. The notes say what was repeated, and why.
 * @param silent - the benchmark in which the server stopped answering: then this one is not started
 */
async function benchmarkRow(
  plan: MeasuredServer,
  { benchmark, expected, step }: BenchmarkPlan,
  silent: BenchmarkRow | undefined,
  notes: string[]
): Promise<BenchmarkRow> {
  const notMeasured = (error: RowError): BenchmarkRow =>
    judge(benchmark, { measurements: [], error, tool: null, seconds: null }, expected);
  if (!isStep(step)) return notMeasured(step);
  if (silent !== undefined) {
    const message = `not started: the server did not answer in ${silent.benchmark}`;
    return notMeasured({ type: 'ServerUnresponsive', message });
  }
  const first = await measure(plan, benchmark, step, 1);
  addNotes(notes, benchmark, first);
  const row = judge(benchmark, first, expected);
  const isLost = row.error?.type === 'JobLost';
  const isInconclusive = row.verdict === 'error' && row.error?.type === 'Inconclusive';
  if (!isLost && !isInconclusive) return row;
  notes.push(`${benchmark} was measured again: ${row.error!.message}`);
  const second = await measure(plan, benchmark, step, 2);
  addNotes(notes, benchmark, second);
  return judge(benchmark, isLost ? second : withSamplesOf(first, second), expected);
}

function isUnresponsive({ error }: BenchmarkRow): boolean {
  return error?.type === 'ServerUnresponsive';
}

/** Notes what else happened to a measurement. A reset workflow repeats what was running: under a new run id. */
function addNotes(notes: string[], benchmark: string, { jobId, notCounted = [] }: BenchmarkResult): void {
  const add = (note: string): unknown => notes.includes(note) || notes.push(note);
  if (runIdBeforeReset() !== null && jobId?.startsWith(workflowInfo().runId))
    add(`${benchmark} was measured again: the workflow was reset`);
  if (notCounted.length > 0) add(`${benchmark}: not counted, because it has no PCI address: ${notCounted.join(', ')}`);
}

/** How large the row may be: the run limits it if it has many servers. */
function maxRowBytes({ maxRowBytes: limit }: ServerInput): number {
  return Number.isSafeInteger(limit) ? Math.min(limit!, MAX_ROW_BYTES) : MAX_ROW_BYTES;
}

function elapsed(): Pick<ServerRow, 'startedAt' | 'seconds'> {
  const { startTime } = workflowInfo();
  return { startedAt: startTime.toISOString(), seconds: tenths((Date.now() - startTime.getTime()) / 1000) };
}
