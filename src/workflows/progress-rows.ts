import { FinalRows } from '../domain/reports/final-rows.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';
import { sizeOf } from '../domain/reports/json-size.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { truncateRow } from '../domain/reports/truncate-row.ts';

/** Bytes of the rows in one answer of a query, which may have 2 MiB. */
const PAGE_BYTES = 1_000_000;

/** Of each row that is not final: enough for the verdict and the reason. */
const PROVISIONAL_BYTES = 1_000;
const MAX_PROVISIONAL = 200;

/** The rows of a run as its progress query tells them: the final ones in pages, and the others in brief. */
export class ProgressRows {
  readonly #final = new FinalRows();
  /** Of each final row, in bytes. */
  readonly #sizes: number[] = [];

  get final(): readonly ServerRow[] {
    return this.#final.rows;
  }

  /** How many servers have ended. */
  get ended(): number {
    return this.#final.ended;
  }

  /** @param running - the servers that are measured still */
  add(row: ServerRow, running: Iterable<string>): void {
    this.#sizes.push(...this.#final.add(row, running).map(sizeOf));
  }

  /** @param after - how many final rows were told already */
  page(after: number): Pick<FleetProgress, 'ended' | 'rows' | 'provisional'> {
    const held = this.#final.provisional.slice(0, MAX_PROVISIONAL).map((row) => truncateRow(row, PROVISIONAL_BYTES));
    const rows = this.final.slice(after, this.#endOfPage(after));
    return { ended: this.ended, rows, ...(held.length > 0 && { provisional: held }) };
  }

  /** At least one row, and as many as fit into one answer. */
  #endOfPage(from: number): number {
    let [end, bytes] = [from, 0];
    while (end < this.#sizes.length && (end === from || bytes + this.#sizes[end]! <= PAGE_BYTES)) {
      bytes += this.#sizes[end]!;
      end += 1;
    }
    return end;
  }
}
