import { withoutDuplicateMessages } from './duplicate-messages.ts';
import { withSameMachines } from './same-machine.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

interface Held {
  row: ServerRow;
  /** Servers that were measured when it ended, and still are: one of them may turn out to be the same machine. */
  beside: Set<string>;
}

/**
 * The rows of a run in the order in which their verdicts became final, which is when they may be told. Only a `fail` can
 * still change: it is nobody's fault if another id of that machine was measured at the same time, and which machine a
 * server is, its row says.
 */
export class FinalRows {
  readonly #ended: ServerRow[] = [];
  #held: Held[] = [];
  readonly #rows: ServerRow[] = [];

  get rows(): readonly ServerRow[] {
    return this.#rows;
  }

  /** Those that have ended, and whose verdict may still change. */
  get provisional(): readonly ServerRow[] {
    return this.#held.map(({ row }) => row);
  }

  /** How many servers have ended, those included whose verdict is not final. */
  get ended(): number {
    return this.#ended.length;
  }

  /**
   * @param running - the servers that are measured still
   * @returns what became final by it
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

  /** What a report adds besides, that two ids seem to be one machine, changes no verdict. */
  #judged(row: ServerRow): ServerRow {
    if (row.verdict !== 'fail' || row.identity === null) return row;
    const same = this.#ended.filter(({ identity }) => identity === row.identity);
    const judged = withSameMachines(same)[same.indexOf(row)]!;
    return judged.verdict === row.verdict ? row : withoutDuplicateMessages({ ...judged, notes: row.notes });
  }
}
