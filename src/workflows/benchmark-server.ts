import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { RowError } from '../domain/failures/failure.ts';
import { RUN_CANCELLED } from '../domain/reports/cancelled-servers.ts';
import { checkedRow } from '../domain/reports/checked-row.ts';
import { machineFacts } from '../domain/servers/machine.ts';
import { tenths } from '../domain/values/numbers.ts';
import { isChecked, isStep, type BenchmarkPlan, type ServerInput } from '../domain/plans/plan.ts';
import { attributesOfServer } from '../domain/reports/search-attributes.ts';
import { withoutDuplicateMessages } from '../domain/reports/duplicate-messages.ts';
import { isServerId, serverWorkflowId } from '../domain/servers/server.ts';
import { measuredAgainNote } from '../domain/verdicts/contradiction.ts';
import { judge } from '../domain/verdicts/judge.ts';
import { judgedRow } from '../domain/verdicts/judged-row.ts';
import { unpreparedRow, withError, type BenchmarkRow, type ServerRow } from '../domain/verdicts/server-row.ts';
import { rowLimit, truncateRow } from '../domain/reports/truncate-row.ts';
import { endWithRow } from './end-with-row.ts';
import { addNotes, measure, withSamplesOf, type MeasuredServer } from './measure.ts';
import { benchmarkRecord } from '../domain/records/benchmark-record.ts';
import type { BenchmarkRecord } from '../domain/records/records.ts';
import { countServer } from './outcomes.ts';
import { Place } from './place.ts';
import { prepareInPlace, refuseInput, release } from './prepare-and-release.ts';
import { recordServerOnce } from './record.ts';
import { recordByHand, recordOf, startByHand, withRecord } from './run-by-hand.ts';
import { runServer } from './run-server.ts';
import { ShownAttributes } from './search-attributes.ts';
import { ShownServer } from './shown-server.ts';
import { failClosed } from './workflow-failure.ts';

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
    const { workflowId, runId, parent } = workflowInfo();
    const isOwner = workflowId === serverWorkflowId(serverId);
    const byHand = isOwner && parent !== undefined ? null : await startByHand(args);
    if (!isOwner) {
      const row = await runServer(serverId, withRecord(args, byHand), BY_HAND_TIMEOUT_MS);
      await recordByHand(byHand, row);
      return endWithRow(row);
    }
    const input = args[0] as ServerInput;
    const record = parent === undefined ? recordOf(byHand) : input.record;
    const place = input.localSteps && parent !== undefined ? new Place(parent.workflowId) : null;
    const benchmarks: BenchmarkRecord[] = [];
    const row = withoutDuplicateMessages({ ...(await rowOf(serverId, args, place, benchmarks)), temporalRunId: runId });
    if (input.searchAttributes) new ShownAttributes().show(attributesOfServer(row));
    countServer(row, input);
    await recordServerOnce(record, place, row, benchmarks);
    await recordByHand(byHand, row);
    return endWithRow(truncateRow(row, rowLimit(input.maxRowBytes)));
  });
}

/**
 * The row of this server: `busy` or `error` if it cannot be prepared, otherwise the worst verdict of its benchmarks.
 * @param records - gets what to keep of each benchmark
 */
async function rowOf(
  serverId: string,
  args: unknown[],
  place: Place | null,
  records: BenchmarkRecord[]
): Promise<ServerRow> {
  const { afterReset, next } = args[0] as ServerInput;
  const plan = await prepareInPlace(args, serverId, place);
  if ('message' in plan) return { ...unpreparedRow(serverId, plan), ...elapsed() };
  if (isChecked(plan)) return checkedRow(plan, elapsed());
  const rows: BenchmarkRow[] = [];
  const notes = [...plan.notes];
  if (afterReset) notes.push('may have been measured twice: the workflow of the run was reset');
  const last = plan.benchmarks.findLastIndex(({ step }) => isStep(step));
  let cancelled = false;
  const shown = new ShownServer(serverId, plan, rows);
  try {
    for (const [index, planned] of plan.benchmarks.entries()) {
      shown.show();
      const measured = index === last ? { ...plan, next } : plan;
      rows.push(await benchmarkRow(measured, planned, rows.find(isUnresponsive), { notes, records }));
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = true;
  } finally {
    shown.show();
    const leftover = await release(plan, place, rows.some(isUnresponsive));
    if (leftover !== 'none' || cancelled) notes.push(`leftover: ${leftover}`);
  }
  const { hardwareClass, classBy = null, identity = null } = plan;
  const facts = { serverId, hardwareClass, classBy, identity, machine: machineFacts(plan.machine), ...elapsed() };
  const judged = judgedRow(facts, rows, notes);
  const row = plan.expectationMissing ? withError(judged, plan.expectationMissing) : judged;
  return cancelled ? { ...row, verdict: 'cancelled', reason: RUN_CANCELLED } : row;
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
  { notes, records }: { notes: string[]; records: BenchmarkRecord[] }
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
  if (!isLost && !isInconclusive) {
    records.push(benchmarkRecord(benchmark, expected, first));
    return row;
  }
  notes.push(measuredAgainNote(benchmark, row.error!));
  const second = await measure(plan, benchmark, step, 2);
  addNotes(notes, benchmark, second);
  const judged = isLost ? second : withSamplesOf(first, second);
  records.push(benchmarkRecord(benchmark, expected, judged, [first, second]));
  return judge(benchmark, judged, expected);
}

function isUnresponsive({ error }: BenchmarkRow): boolean {
  return error?.type === 'ServerUnresponsive';
}

function elapsed(): Pick<ServerRow, 'startedAt' | 'seconds'> {
  const { startTime } = workflowInfo();
  return { startedAt: startTime.toISOString(), seconds: tenths((Date.now() - startTime.getTime()) / 1000) };
}
