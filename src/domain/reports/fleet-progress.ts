import type { ServerRow } from '../verdicts/server-row.ts';

/** How far a run is, as the `progress` query of `benchmarkFleet` answers it. */
export interface FleetProgress {
  /** Null until the run knows which servers it is about. */
  requested: number | null;
  running: RunningServer[];
  /** How many servers have ended; the verdict of some of them may not be final, and is not told. */
  ended: number;
  /** Rows whose verdict is final, after the number that was asked for, in the order in which they became so; a page of them. */
  rows: ServerRow[];
  /** Rows of servers that have ended and whose verdict is not final, in short; left out: there are none. */
  provisional?: ServerRow[];
  /** All servers of the run, in the order of the inventory; only for who asks for them. */
  serverIds?: string[];
}

export interface RunningServer {
  serverId: string;
  /** ISO 8601 */
  since: string;
}
