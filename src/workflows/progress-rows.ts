import type { FleetPlan } from '../domain/plans/plan.ts';
import { FinalRows } from '../domain/reports/final-rows.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';
import { sizeOf } from '../domain/values/json-value.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import type { RunningSince } from './messages.ts';
import { truncateRow } from '../domain/reports/truncate-row.ts';

/** Maximum size of the rows in one query answer; Temporal allows 2 MiB. */
const PAGE_BYTES = 1_000_000;

/** Maximum size of a row that is not final: enough for the verdict and the reason. */
const PROVISIONAL_BYTES = 1_000;
const MAX_PROVISIONAL = 200;

/** The rows for the progress query: final rows in pages, other rows truncated. */
export class ProgressRows {
  readonly #final = new FinalRows();
  /** The size of each final row in bytes. */
  readonly #sizes: number[] = [];

  get final(): readonly ServerRow[] {
    return this.#final.rows;
  }

  /** The servers that have ended, but whose verdict may still change. */
  get undecided(): string[] {
    return this.#final.provisional.map(({ serverId }) => serverId);
  }

  /** How many servers have ended. */
  get ended(): number {
    return this.#final.ended;
  }

  /**
   * @param running - the servers that are still being measured
   * @returns the rows that became final
   */
  add(row: ServerRow, running: Iterable<string>): ServerRow[] {
    const final = this.#final.add(row, running);
    this.#sizes.push(...final.map(sizeOf));
    return final;
  }

  /** @param after - how many final rows the caller already has */
  page(after: number): Pick<FleetProgress, 'ended' | 'rows' | 'provisional'> {
    const held = this.#final.provisional.slice(0, MAX_PROVISIONAL).map((row) => truncateRow(row, PROVISIONAL_BYTES));
    const rows = this.final.slice(after, this.#endOfPage(after));
    return { ended: this.ended, rows, ...(held.length > 0 && { provisional: held }) };
  }

  /** The end of a page with as many rows as fit, but at least one. */
  #endOfPage(from: number): number {
    let [end, bytes] = [from, 0];
    while (end < this.#sizes.length && (end === from || bytes + this.#sizes[end]! <= PAGE_BYTES)) {
      bytes += this.#sizes[end]!;
      end += 1;
    }
    return end;
  }
}

/**
 * The servers that are running, and since when the results store is waited for.
 * @param storingSince - by the run itself; null: it does not wait
 */
export function runningNow(
  running: ReadonlyMap<string, RunningSince>,
  storingSince: number | null
): Pick<FleetProgress, 'running' | 'storingSince'> {
  const servers = [...running].map(([serverId, { since }]) => ({ serverId, since: new Date(since).toISOString() }));
  const waits = [...running.values()].flatMap(({ storingSince: since = [] }) => since);
  const since = storingSince ?? (waits.length > 0 ? Math.min(...waits) : null);
  return { running: servers, ...(since !== null && { storingSince: new Date(since).toISOString() }) };
}

/** What a follower needs once, to estimate the rest of the run. */
export function planned({ serverIds, checkOnly, benchmarks, maxParallel }: FleetPlan): Partial<FleetProgress> {
  return { serverIds, ...(!checkOnly && { settings: { benchmarks, maxParallel } }) };
}
