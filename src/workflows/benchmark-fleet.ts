import {
  CancellationScope,
  CancelledFailure,
  log,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { actionResults } from '../domain/actions/results.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';
import {
  aggregate,
  handedOverBytes,
  truncateReport,
  withActions,
  type FleetReport,
} from '../domain/reports/fleet-report.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import { lookAheadOrder } from '../domain/plans/look-ahead-order.ts';
import { tenths } from '../domain/values/numbers.ts';
import { attributesOfRun } from '../domain/reports/search-attributes.ts';
import { withoutDuplicateMessages } from '../domain/reports/duplicate-messages.ts';
import { withSameMachines } from '../domain/reports/same-machine.ts';
import { unmeasuredRow, type ServerRow } from '../domain/verdicts/server-row.ts';
import { truncateRow } from '../domain/reports/truncate-row.ts';
import { summaryMarkdown } from '../reports/runs/markdown.ts';
import { RunActions } from './actions.ts';
import { KeyTrial } from './key-trial.ts';
import { answerPlaceMessage, placeSignal, progressQuery, reachedSignal, type RunningSince } from './messages.ts';
import { countRun, countUnstarted } from './outcomes.ts';
import { Places } from './places.ts';
import { ProgressRows, runningNow } from './progress-rows.ts';
import { recordActions, recordEnd } from './record.ts';
import { requestPlan } from './request-plan.ts';
import { runServer } from './run-server.ts';
import { serverInput } from './server-input.ts';
import { ShownAttributes } from './search-attributes.ts';
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
  readonly #attributes = new ShownAttributes();
  #actions: RunActions | null = null;

  async benchmark(plan: FleetPlan): Promise<void> {
    this.#plan = plan;
    if (plan.actions) this.#actions = new RunActions(plan.actions);
    this.#next = lookAheadOrder(plan);
    const keyTrial = (this.#keyTrial = new KeyTrial(plan.serverIds.length));
    log.info('run started', { requested: plan.serverIds.length, maxParallel: plan.maxParallel });
    const places = (this.#places = new Places(plan.maxParallel));
    this.#show(this.report());
    const turns: Promise<void>[] = [];
    const indexes = new Map(plan.serverIds.map((serverId, index) => [serverId, index]));
    for (const serverId of plan.order ?? plan.serverIds) {
      await places.enter(serverId);
      const turn = this.#turnOf(serverId, plan, keyTrial).then((row) => this.#ended(indexes.get(serverId)!, row));
      turns.push(turn.finally(() => places.end(serverId)));
    }
    await Promise.all(turns);
    this.#show(this.report());
  }

  #ended(index: number, ended: ServerRow): void {
    const row = truncateRow(withoutDuplicateMessages(ended), this.#maxRowBytes);
    this.#rows[index] = row;
    countUnstarted(row, this.#plan!);
    for (const final of this.#progressRows.add(row, this.#running.keys())) this.#actions?.serverEnded(final);
    const { ended: count, final } = this.#progressRows;
    if (this.#isShownAt(count)) this.#show(this.#reportOf(final));
  }

  #started(serverId: string): void {
    this.#running.set(serverId, { since: Date.now() });
    if (this.#isShownAt(this.#starts)) this.#showDetails(this.#reportOf(this.#progressRows.final));
    this.#starts += 1;
  }

  /** A hundred updates of the Web UI are enough, however many servers there are. */
  #isShownAt(count: number): boolean {
    return count % Math.ceil(this.#plan!.serverIds.length / 100) === 0;
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
    this.#running.delete(serverId);
    keyTrial.ended(row);
    return row;
  }

  async #rowOf(serverId: string, plan: FleetPlan, keyTrial: KeyTrial): Promise<ServerRow> {
    if (isCancelled()) {
      return unmeasuredRow(serverId, 'not_reached', null, 'the run was cancelled before this server was started');
    }
    const input = serverInput(serverId, plan, this.#maxRowBytes, this.#next.get(serverId));
    return keyTrial.run(input, (each) => runServer(serverId, [each], plan.serverTimeoutMs));
  }

  /** Waits until the results are safe. */
  async record({ serverIds }: FleetPlan, report: FleetReport): Promise<void> {
    this.#storingSince = Date.now();
    const rows = this.#rows.filter((row) => row !== undefined);
    await recordEnd(report, { serverIds, rows, isCancelled: isCancelled() });
    this.#show(report);
  }

  /** Calls the actions, and adds to the report what they did. */
  async act({ serverIds }: FleetPlan, whole: FleetReport): Promise<FleetReport> {
    setCurrentDetails(`${summaryMarkdown(whole)}\n\nwaiting for actions`);
    this.#actingSince = new Date().toISOString();
    const claims = await this.#actions!.runEnded();
    if (claims === null) return truncateReport(whole);
    const report = truncateReport(withActions(whole, actionResults(claims)));
    await recordActions(report, { serverIds, claims, isCancelled: isCancelled() });
    this.#show(report);
    return report;
  }

  report(): FleetReport {
    return this.#reportOf(withSameMachines(this.#rows.filter((row) => row !== undefined)));
  }

  #reportOf(rows: readonly ServerRow[]): FleetReport {
    const { workflowId, runId, startTime } = workflowInfo();
    const seconds = tenths((Date.now() - startTime.getTime()) / 1000);
    const selection = this.#plan?.selection;
    const facts = { run: workflowId, temporalRunId: runId, startedAt: startTime.toISOString(), seconds };
    const kind = this.#plan?.checkOnly ? ({ checkOnly: true } as const) : {};
    const about = { note: this.#plan?.note ?? null, ...(selection && { selection }), ...settingsOf(this.#plan) };
    return aggregate({ ...facts, ...kind, ...about }, rows);
  }

  /** Shows a summary in the Web UI, and the numbers in its lists. */
  #show(report: FleetReport): void {
    this.#showDetails(report);
    const requested = this.#plan!.serverIds.length;
    if (this.#plan!.shown?.searchAttributes) this.#attributes.show(attributesOfRun(report, requested));
  }

  #showDetails(report: FleetReport): void {
    const { undecided } = this.#progressRows;
    const requested = this.#plan!.serverIds.length;
    setCurrentDetails(summaryMarkdown(report, { requested, running: [...this.#running.keys()], undecided }));
  }

  progress(after: number, withIds: boolean): FleetProgress {
    const requested = this.#plan?.serverIds.length ?? null;
    const all = withIds && this.#plan !== null ? planned(this.#plan) : {};
    const acting = this.#actingSince === undefined ? {} : { actingSince: this.#actingSince };
    const now = runningNow(this.#running, this.#actingSince === undefined ? this.#storingSince : null);
    return { requested, ...now, ...acting, ...this.#progressRows.page(after), ...all };
  }
}

function planned({ serverIds, checkOnly, benchmarks, maxParallel }: FleetPlan): Partial<FleetProgress> {
  return { serverIds, ...(!checkOnly && { settings: { benchmarks, maxParallel } }) };
}

function settingsOf(plan: FleetPlan | null): Pick<FleetReport, 'settings' | 'retryOf'> {
  if (plan === null) return {};
  const { benchmarks, maxParallel, measureOnly, evenIfBusy, retryOf } = plan;
  const settings = { benchmarks, maxParallel, measureOnly, evenIfBusy };
  return { settings, ...(retryOf !== undefined && { retryOf }) };
}

function isCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}
