import type { ServerRow } from '../verdicts/server-row.ts';
import type { ActionSettings, ServerChange } from './action.ts';

/** What a message or a command is told: the same in each attempt. */
export interface ActionMessage {
  /** Identifies the call: a receiver that knows it already has got a repeated attempt. */
  id: string;
  action: string;
  /** ISO 8601 */
  at: string;
  run: MessageRun;
  servers: ChangedServer[];
}

export interface MessageRun {
  run: string;
  temporalRunId: string;
  startedAt: string;
  note: string | null;
  schedule: string | null;
}

export interface ChangedServer {
  change: ServerChange;
  row: ServerRow;
}

/** One attempt of a call. `isUnknown`: a command that may have done its work. */
export type CallAttempt =
  { done: string | null } | { failed: string; isRetried: boolean; isUnknown?: boolean; waitMs?: number };

/** Calls actions; the worker provides it. */
export interface ActionRunner {
  /** @throws Failure InvalidConfig if this worker cannot call it: a secret or a program is missing */
  check(action: ActionSettings): Promise<void>;
  /** @throws Failure InvalidConfig */
  call(action: ActionSettings, message: ActionMessage, signal: AbortSignal): Promise<CallAttempt>;
}
