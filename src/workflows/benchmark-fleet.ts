import { CancellationScope, CancelledFailure, log, patched, setHandler, upsertMemo } from '@temporalio/workflow';
import { actionResults } from '../domain/actions/results.ts';
import { RUN_CANCELLED } from '../domain/reports/cancelled-servers.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';
import { handedOverBytes, truncateReport, withActions, type FleetReport } from '../domain/reports/fleet-report.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import { lookAheadOrder } from '../domain/plans/look-ahead-order.ts';
import { withoutDuplicateMessages } from '../domain/reports/duplicate-messages.ts';
import { withSameMachines } from '../domain/reports/same-machine.ts';
import { unmeasuredRow, type ServerRow } from '../domain/verdicts/server-row.ts';
import { truncateRow } from '../domain/reports/truncate-row.ts';
import { RunActions } from './actions.ts';
import { KeyTrial } from './key-trial.ts';
import { answerPlaceMessage, placeSignal, progressQuery, reachedSignal, type RunningSince } from './messages.ts';
import { countRun, countUnstarted } from './outcomes.ts';
import { Places } from './places.ts';
import { planned, ProgressRows, runningNow } from './progress-rows.ts';
import { recordActions, recordEnd } from './record.ts';
import { reportOf } from './run-report.ts';
import { requestPlan } from './request-plan.ts';
import { runServer } from './run-server.ts';
import { serverInput } from './server-input.ts';
import { ShownRun, showWaiting } from './shown-run.ts';
import { failClosed } from './workflow-failure.ts';

/**
 * Runs one child workflow for each server, at most `maxParallel` at once, and returns a report with a row for every server.
 * A failed server is a row, so the workflow completes normally; it only fails for invalid input.
 *
 * `planFleet` validates the arguments: the Temporal CLI can send none, `null`, a string, or two.
 */
export async function benchmarkFleet(...args: unknown[]): Promise<FleetReport> {
  const run = new FleetRun();
  setHandler(reachedSignal, () => run.signalled(), { description: 'ignored, except in runs of earlier versions' });
  setHandler(placeSignal, (message) => run.placeMessage(message), {
    description: 'from a server: it lends its place, or wants one again',
  });
  setHandler(progressQuery, (after = 0, withIds = false) => run.progress(after, withIds), {
    description: 'progress of this run',
  });
  return failClosed(async () => {
    const plan = await requestPlan(args);
    await run.benchmark(plan);
    const whole = run.report();
    const known = truncateReport(whole);
    if (plan.record) await run.record(plan, known);
    const report = plan.actions ? await run.act(plan, whole) : known;
    countRun(report, isCancelled());
    log.info('run ended', { counts: report.counts, failed: report.failed, errored: report.errored });
    const isWhole = !isCancelled();
    // A cancelled workflow has no result: the partial report is in its memo.
    const memo = { ...(plan.shown?.memo && { note: report.note, counts: report.counts }), ...(!isWhole && { report }) };
    if (Object.keys(memo).length > 0) upsertMemo(memo);
    if (isWhole) return report;
    throw new CancelledFailure('cancelled; the partial report is in the memo');
  });
}

/** The state of a run. */
class FleetRun {
  readonly #progressRows = new ProgressRows();
  #plan: FleetPlan | null = null;
  #keyTrial: KeyTrial | null = null;
  #places: Places | null = null;
  readonly #running = new Map<string, RunningSince>();
  /** How many servers have started. */
  #starts = 0;
  readonly #rows: (ServerRow | undefined)[] = [];
  #next: ReadonlyMap<string, string> = new Map();
  #storingSince: number | null = null;
  #actingSince: string | undefined;
  #shown: ShownRun | null = null;
  #actions: RunActions | null = null;

  async benchmark(plan: FleetPlan): Promise<void> {
    this.#plan = plan;
    if (plan.actions) this.#actions = new RunActions(plan.actions);
    this.#next = lookAheadOrder(plan);
    const keyTrial = (this.#keyTrial = new KeyTrial(plan.serverIds.length));
    log.info('run started', { requested: plan.serverIds.length, maxParallel: plan.maxParallel });
    const places = (this.#places = new Places(plan.maxParallel));
    const shown = (this.#shown = new ShownRun(plan, this.#progressRows, this.#running));
    shown.show(this.report());
    const turns: Promise<void>[] = [];
    const indexes = new Map(plan.serverIds.map((serverId, index) => [serverId, index]));
    for (const serverId of plan.order ?? plan.serverIds) {
      await places.enter(serverId);
      const turn = this.#turnOf(serverId, plan, keyTrial).then((row) => this.#ended(indexes.get(serverId)!, row));
      turns.push(turn.finally(() => places.end(serverId)));
    }
    await Promise.all(turns);
    shown.show(this.report());
  }

  #ended(index: number, ended: ServerRow): void {
    const row = truncateRow(withoutDuplicateMessages(ended), this.#maxRowBytes);
    this.#rows[index] = row;
    countUnstarted(row, this.#plan!);
    // Not before its row is there: another id of its machine may end in the same workflow task.
    this.#running.delete(row.serverId);
    for (const final of this.#progressRows.add(row, this.#running.keys())) this.#actions?.serverEnded(final);
    const { ended: count, final } = this.#progressRows;
    if (this.#shown!.isDue(count)) this.#shown!.show(reportOf(this.#plan, final));
  }

  #started(serverId: string): void {
    this.#running.set(serverId, { since: Date.now() });
    if (this.#shown!.isDue(this.#starts)) this.#shown!.showSummary(reportOf(this.#plan, this.#progressRows.final));
    this.#starts += 1;
  }

  async placeMessage(message: unknown): Promise<void> {
    if (this.#places !== null) await answerPlaceMessage(message, this.#places, this.#running);
  }

  signalled(): void {
    this.#keyTrial?.signalled();
  }

  get #maxRowBytes(): number {
    return handedOverBytes(this.#plan?.serverIds.length ?? 1);
  }

  async #turnOf(serverId: string, plan: FleetPlan, keyTrial: KeyTrial): Promise<ServerRow> {
    const { skipped = {} } = plan;
    if (Object.hasOwn(skipped, serverId)) return unmeasuredRow(serverId, 'skip', null, skipped[serverId]);
    const refusal = await keyTrial.enter(serverId);
    if (refusal !== null) return unmeasuredRow(serverId, 'not_reached', null, refusal);
    this.#started(serverId);
    const row = (await keyTrial.refusalOf(serverId)) ?? (await this.#rowOf(serverId, plan, keyTrial));
    // A run of an earlier version that has called an action too early does so again as it replays.
    if (!patched('runs-until-its-row')) this.#running.delete(serverId);
    keyTrial.ended(row);
    return row;
  }

  async #rowOf(serverId: string, plan: FleetPlan, keyTrial: KeyTrial): Promise<ServerRow> {
    if (isCancelled()) {
      return unmeasuredRow(serverId, 'not_reached', null, `${RUN_CANCELLED} before this server was started`);
    }
    const input = serverInput(serverId, plan, this.#maxRowBytes, this.#next.get(serverId));
    return keyTrial.run(input, (each) => runServer(serverId, [each], plan.serverTimeoutMs));
  }

  /** Waits until the results are safe. */
  async record({ serverIds }: FleetPlan, report: FleetReport): Promise<void> {
    this.#storingSince = Date.now();
    const rows = this.#rows.filter((row) => row !== undefined);
    await recordEnd(report, { serverIds, rows, isCancelled: isCancelled() });
    this.#shown!.show(report);
  }

  /** Calls the actions, and adds to the report what they did. */
  async act({ serverIds }: FleetPlan, whole: FleetReport): Promise<FleetReport> {
    showWaiting(whole, 'actions');
    this.#actingSince = new Date().toISOString();
    const claims = await this.#actions!.runEnded();
    if (claims === null) return truncateReport(whole);
    const report = truncateReport(withActions(whole, actionResults(claims)));
    await recordActions(report, { serverIds, claims, isCancelled: isCancelled() });
    this.#shown!.show(report);
    return report;
  }

  report(): FleetReport {
    return reportOf(this.#plan, withSameMachines(this.#rows.filter((row) => row !== undefined)));
  }

  progress(after: number, withIds: boolean): FleetProgress {
    const requested = this.#plan?.serverIds.length ?? null;
    const all = withIds && this.#plan !== null ? planned(this.#plan) : {};
    const acting = this.#actingSince === undefined ? {} : { actingSince: this.#actingSince };
    const now = runningNow(this.#running, this.#actingSince === undefined ? this.#storingSince : null);
    return { requested, ...now, ...acting, ...this.#progressRows.page(after), ...all };
  }
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}
