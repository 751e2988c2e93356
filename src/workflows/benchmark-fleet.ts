import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  log,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { FleetProgress } from '../domain/fleet-progress.ts';
import { aggregate, handedOverBytes, truncateReport } from '../domain/fleet-report.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import type { FleetPlan, ServerInput } from '../domain/plan.ts';
import { sizeOf } from '../domain/json-size.ts';
import { tenths } from '../domain/numbers.ts';
import { saidOnce } from '../domain/said-once.ts';
import { withSameMachines } from '../domain/same-machine.ts';
import { unmeasuredRow } from '../domain/server-row.ts';
import type { ServerRow } from '../domain/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from '../domain/truncate-row.ts';
import { summaryMarkdown } from '../reports/markdown.ts';
import { FirstContacts, MOST_REFUSED } from './first-contacts.ts';
import { inLanes } from './lanes.ts';
import { progressQuery, reachedSignal } from './messages.ts';
import { runServer } from './run-server.ts';
import { ending } from './workflow-failure.ts';

const { planFleet } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  // Longer than any worker is away; an inventory that hangs is not waited for all night.
  scheduleToCloseTimeout: '3 hours',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'which servers, which benchmarks',
});

/**
 * The orchestrator: one child workflow for each server, never more than `maxParallel` at once, and a report with a
 * row for every server. Servers that fail are rows, so it completes normally and says which they are; it fails only if
 * it cannot do its job, which is to say for invalid input.
 *
 * Its arguments go to `planFleet` unread: the Temporal CLI can send none, `null`, a string, or two of them.
 */
export async function benchmarkFleet(...args: unknown[]): Promise<FleetReport> {
  const run = new FleetRun();
  setHandler(reachedSignal, () => run.contacts.reached(), { description: 'one of its first servers has let us in' });
  setHandler(progressQuery, (after = 0) => run.progress(after), { description: 'how far this run is' });
  return ending(async () => {
    const plan = await planFleet(args);
    await run.benchmark(plan);
    const report = truncateReport(run.report());
    log.info('run ended', { counts: report.counts, failed: report.failed, errored: report.errored });
    if (!CancellationScope.current().consideredCancelled) return report;
    // A cancelled workflow has no result; its memo is where the partial report is read from.
    upsertMemo({ report });
    throw new CancelledFailure('cancelled; the partial report is in the memo');
  });
}

/** Bytes of the rows in one answer of a query, which may have 2 MiB. */
const PROGRESS_BYTES = 1_000_000;

/** A refusal comes at once; a server that has not answered by now is down, or far away. */
const ANSWERS_WITHIN = '15 seconds';

/** What a run knows of its servers while it goes on. */
class FleetRun {
  readonly contacts = new FirstContacts();
  private plan: FleetPlan | null = null;
  private readonly running = new Map<string, number>();
  private readonly rows: (ServerRow | undefined)[] = [];
  private readonly ended: ServerRow[] = [];
  /** Of each of those that ended. */
  private readonly sizes: number[] = [];

  async benchmark(plan: FleetPlan): Promise<void> {
    this.plan = plan;
    // Of so few, no more than that can refuse the key.
    if (plan.serverIds.length <= MOST_REFUSED || !patched('first-contacts')) this.contacts.reached();
    log.info('run started', { requested: plan.serverIds.length, maxParallel: plan.maxParallel });
    await inLanes(plan.serverIds, plan.maxParallel, async (serverId, index) => {
      const row = truncateRow(saidOnce(await this.turnOf(serverId, plan)), this.maxRowBytes);
      this.rows[index] = row;
      this.ended.push(row);
      this.sizes.push(sizeOf(row));
      if (this.ended.length % Math.ceil(plan.serverIds.length / 100) === 0) this.show();
    });
  }

  private get maxRowBytes(): number {
    return handedOverBytes(this.plan?.serverIds.length ?? 1);
  }

  private async turnOf(serverId: string, plan: FleetPlan): Promise<ServerRow> {
    const { skipped = {} } = plan;
    if (Object.hasOwn(skipped, serverId)) return unmeasuredRow(serverId, 'skip', null, skipped[serverId]);
    const refusal = await this.contacts.enter(serverId);
    if (refusal !== null) return unmeasuredRow(serverId, 'not_reached', null, refusal);
    this.running.set(serverId, Date.now());
    const row = await this.rowOf(serverId, plan);
    this.running.delete(serverId);
    this.contacts.ended(row);
    return row;
  }

  private async rowOf(serverId: string, plan: FleetPlan): Promise<ServerRow> {
    if (CancellationScope.current().consideredCancelled) {
      return unmeasuredRow(serverId, 'not_reached', null, 'the run was cancelled before its turn came');
    }
    const { benchmarks, measureOnly, evenIfBusy, checkOnly, serverTimeoutMs } = plan;
    const { maxRowBytes } = this;
    const input: ServerInput = {
      ...{ serverId, benchmarks, measureOnly, evenIfBusy },
      ...(checkOnly ? { checkOnly } : {}),
      ...(maxRowBytes < MAX_ROW_BYTES ? { maxRowBytes } : {}),
    };
    if (this.contacts.anyoneReached) return runServer(serverId, [input], serverTimeoutMs);
    const patience = new CancellationScope();
    void patience
      .run(() => sleep(ANSWERS_WITHIN, { summary: `has ${serverId} answered?` }))
      .then(
        () => this.contacts.slow(serverId),
        () => undefined
      );
    const row = await runServer(serverId, [{ ...input, tellWhenReached: true }], serverTimeoutMs);
    patience.cancel();
    return row;
  }

  report(): FleetReport {
    const { workflowId, runId, startTime } = workflowInfo();
    const seconds = tenths((Date.now() - startTime.getTime()) / 1000);
    const selection = this.plan?.selection;
    const facts = { run: workflowId, temporalRunId: runId, startedAt: startTime.toISOString(), seconds };
    const kind = this.plan?.checkOnly ? ({ checkOnly: true } as const) : {};
    return aggregate(
      { ...facts, ...kind, note: this.plan?.note ?? null, ...(selection && { selection }) },
      withSameMachines(this.rows.filter((row) => row !== undefined))
    );
  }

  /** For the Web UI. */
  private show(): void {
    setCurrentDetails(summaryMarkdown(this.report()));
  }

  progress(after: number): FleetProgress {
    const running = [...this.running].map(([serverId, since]) => ({ serverId, since: new Date(since).toISOString() }));
    const requested = this.plan?.serverIds.length ?? null;
    return { requested, running, ended: this.ended.length, rows: this.ended.slice(after, this.endOfPage(after)) };
  }

  /** At least one row, and as many as fit into one answer. */
  private endOfPage(from: number): number {
    let [end, bytes] = [from, 0];
    while (end < this.sizes.length && (end === from || bytes + this.sizes[end]! <= PROGRESS_BYTES)) {
      bytes += this.sizes[end]!;
      end += 1;
    }
    return end;
  }
}
