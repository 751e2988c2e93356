import { withoutDuplicateMessages } from './duplicate-messages.ts';
import { withSameMachines } from './same-machine.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

/**
 * The rows of a run in the order in which their verdicts became final. Only a `fail` can still change: it becomes
 * inconclusive if another id of the same machine was measured at the same time, which is only known from that id's row.
 */
export class FinalRows {
  readonly #ended: ServerRow[] = [];
  /** Rows that are not final, with the servers that have been running since before the row ended: one may be the same machine. */
  #held: { row: ServerRow; beside: Set<string> }[] = [];
  readonly #rows: ServerRow[] = [];

  get rows(): readonly ServerRow[] {
    return this.#rows;
  }

  /** Rows whose verdict may still change. */
  get provisional(): readonly ServerRow[] {
    return this.#held.map(({ row }) => row);
  }

  /** Number of servers that have ended, with or without a final verdict. */
  get ended(): number {
    return this.#ended.length;
  }

  /**
   * @param running - the servers that are still being measured
   * @returns the rows that became final
   */
  add(row: ServerRow, running: Iterable<string>): ServerRow[] {
    this.#ended.push(row);
    const beside = new Set([...running].filter((serverId) => serverId !== row.serverId));
    for (const held of this.#held) held.beside.delete(row.serverId);
    this.#held.push({ row, beside: row.verdict === 'fail' && row.identity !== null ? beside : new Set() });
    const final = this.#held.filter((each) => each.beside.size === 0).map((each) => this.#judged(each.row));
    this.#held = this.#held.filter((each) => each.beside.size > 0);
    this.#rows.push(...final);
    return final;
  }

  /** Adds nothing but a changed verdict: the report adds the other notes about the same machine. */
  #judged(row: ServerRow): ServerRow {
    if (row.verdict !== 'fail' || row.identity === null) return row;
    const same = this.#ended.filter(({ identity }) => identity === row.identity);
    const judged = withSameMachines(same)[same.indexOf(row)]!;
    return judged.verdict === row.verdict ? row : withoutDuplicateMessages({ ...judged, notes: row.notes });
  }
}
