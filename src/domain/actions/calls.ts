import type { ServerChange } from './action.ts';
import type { ActionClaim, ClaimState } from './claims.ts';

/** One call of an action: a message, or a run of its command. Made once per run, and repeated until it has an end. */
export interface ActionCall {
  action: string;
  /** A command is called for one kind of change. */
  failed: string[];
  recovered: string[];
  isCommand: boolean;
  /** Of one attempt. */
  timeoutMs: number;
}

/** The waits between the attempts of a message. */
export const MESSAGE_BACKOFF = { firstMs: 1_000, factor: 2, maxMs: 60_000 };

/** How often a call may fail before it is given up. An attempt whose worker was lost has not failed. */
export const MAX_FAILURES = { command: 3, message: 12 };

/** What is to be done about servers of a run. */
export interface ActionPlan {
  /** The names of the actions, in the order of the report. */
  order: string[];
  calls: ActionCall[];
  /** Claims without a call: the dry runs, and those that a limit holds back. */
  settled: ActionClaim[];
}

/** How a call, and so each of its claims, ended. */
export interface CallEnd {
  state: Exclude<ClaimState, 'started' | 'held_back' | 'dry_run'>;
  /** Why it failed, or what a command printed. Untrusted text of one line. */
  message: string | null;
}

/** What `claimActions` is asked: about one server that has just ended, or about all that have none yet. */
export interface ClaimRequest {
  run: string;
  temporalRunId: string;
  server?: { serverId: string; verdict: string };
}

/** The input of `performAction`. Everything else is read on the worker: names and ids are all that a history has. */
export interface PerformRequest extends ActionCall {
  run: string;
  temporalRunId: string;
}

/** How `performAction` fails. Unknown: a command may have done its work. */
export type ActionFailureType = 'ActionFailed' | 'ActionUnknown';

/** The claims of a call, with its end. */
export function endedClaims({ action, failed, recovered }: ActionCall, end: CallEnd): ActionClaim[] {
  const claims = (serverIds: readonly string[], change: ServerChange): ActionClaim[] =>
    serverIds.map((serverId) => ({ action, serverId, change, ...end }));
  return [...claims(failed, 'failed'), ...claims(recovered, 'recovered')];
}
