import { defineQuery, defineSignal, getExternalWorkflowHandle, patched, workflowInfo } from '@temporalio/workflow';
import type { ServerInput } from '../domain/plans/plan.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import { isShape, isText, orMissing } from '../domain/values/json-value.ts';
import type { Places } from './places.ts';

/** The progress of a run. `after`: how many rows the caller already has; `withIds`: include the ids of all servers. */
export const progressQuery = defineQuery<FleetProgress, [after?: number, withIds?: boolean]>('progress');

/** From a server to its run: the server accepted the key. */
export const reachedSignal = defineSignal('reached');

/** From a server, by its workflow id, to its run: it lends its place to another server, or wants one again. */
export const placeSignal = defineSignal<[PlaceMessage]>('place');

export interface PlaceMessage {
  server: string;
  isWanted: boolean;
  /** It waits for the results store. */
  storing?: true;
}

/** A server that is running; times in epoch milliseconds. */
export interface RunningSince {
  since: number;
  /** Undefined: it does not wait for the results store. */
  storingSince?: number;
}

/** Any client can send signals, so their content is checked. */
const isPlaceMessage = isShape<PlaceMessage>({
  server: isText,
  isWanted: (value) => typeof value === 'boolean',
  storing: orMissing((value) => value === true),
});

/** From a run to a server: it has a place again. */
export const continueSignal = defineSignal('continue');

/** Handles {@link placeSignal}. It may come from a client of this Temporal, who could also start another run. */
export async function answerPlaceMessage(
  message: unknown,
  places: Places,
  running: ReadonlyMap<string, RunningSince>
): Promise<void> {
  if (!isPlaceMessage(message)) return;
  const { server, isWanted, storing = false } = message;
  const serverId = serverOfWorkflow(server);
  const state = serverId === null ? undefined : running.get(serverId);
  if (serverId === null || state === undefined) return;
  if (storing) state.storingSince ??= Date.now();
  if (!isWanted) places.lend(serverId);
  else if (await places.reenter(serverId)) {
    // If it has ended meanwhile, it needs no place.
    await getExternalWorkflowHandle(server)
      .signal(continueSignal)
      .catch(() => undefined);
  }
}

/** Signals the parent run that the server accepted the key, if the run asked for it. */
export function signalAuthenticated(args: readonly unknown[]): void {
  const { parent } = workflowInfo();
  const [input] = args as [ServerInput | null | undefined];
  if (parent === undefined || input?.tellWhenReached !== true || !patched('tell-reached')) return;
  // If the run has ended, the signal is not needed.
  void getExternalWorkflowHandle(parent.workflowId, parent.runId)
    .signal(reachedSignal)
    .catch(() => undefined);
}
