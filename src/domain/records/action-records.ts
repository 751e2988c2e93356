import type { ActionClaim, Decision, Hold } from '../actions/claims.ts';
import type { MessageRun } from '../actions/runner.ts';
import type { FleetReport } from '../reports/fleet-report.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

/** As `RunKey`, which needs this file. */
type KeyOfRun = Pick<FleetReport, 'run' | 'temporalRunId'>;

/** Which decisions a results store is asked for. */
export interface ActionsRequest extends KeyOfRun {
  /** Names, in their order. */
  actions: readonly string[];
  /** Null: all servers of the run. */
  serverIds: readonly string[] | null;
  /** Servers of the inventory whose class only a run detects. */
  unclassified: readonly string[];
  /** ISO 8601 */
  now: string;
}

/** What a decision about one action is based on. */
export interface ActionFacts {
  rows: ServerRow[];
  holds: Hold[];
  /** The last known class of the unclassified servers. */
  classes: ReadonlyMap<string, string>;
}

export type ActionDecider = (action: string, facts: ActionFacts) => Decision;

/** What a message says about a run and some of its servers. */
export interface CalledServers {
  run: MessageRun;
  /** When the first of them was claimed, ISO 8601: the same in each attempt. */
  claimedAt: string;
  rows: ServerRow[];
}

/** The part of a results store that remembers what actions did. */
export interface ActionsStore {
  /** Decides and remembers, in one step; a repeated call returns what was decided. */
  claimActions(request: ActionsRequest, decide: ActionDecider): Promise<ActionClaim[]>;
  /** Null: the run is not in the store. */
  readCalled(run: KeyOfRun, action: string, serverIds: readonly string[]): Promise<CalledServers | null>;
}
