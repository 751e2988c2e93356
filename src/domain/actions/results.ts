import { grouped } from '../values/grouped.ts';
import { sizeOf } from '../values/json-value.ts';
import type { ServerChange } from './action.ts';
import type { ActionClaim, ClaimState } from './claims.ts';

/** What an action did about servers, as in a report: one entry for all that have the same result. */
export interface ActionResult {
  action: string;
  change: ServerChange;
  state: Exclude<ClaimState, 'started'>;
  message: string | null;
  servers: string[];
  /** Servers that are left out of `servers`, because there are too many. */
  more?: number;
}

const MAX_BYTES = 200_000;
const MAX_SERVERS_OF_MANY = 20;
/** Further messages of an action are in the results store only. */
const MAX_MESSAGES = 100;

export function actionResults(claims: readonly ActionClaim[]): ActionResult[] {
  const byResult = grouped(claims, ({ action, change, state, message }) =>
    JSON.stringify([action, change, state, message])
  );
  const results = [...byResult.values()].map((same): ActionResult => {
    const { action, change, state, message } = same[0]!;
    const servers = same.flatMap(({ serverId }) => (serverId === '' ? [] : [serverId]));
    return { action, change, state: state === 'started' ? 'unknown' : state, message, servers };
  });
  if (results.length > MAX_MESSAGES) {
    const plain = claims.map((claim) => ({ ...claim, message: null }));
    if (claims.some(({ message }) => message !== null)) return actionResults(plain);
  }
  return sizeOf(results) <= MAX_BYTES ? results : results.map(shortened);
}

function shortened(result: ActionResult): ActionResult {
  const more = result.servers.length - MAX_SERVERS_OF_MANY;
  return more <= 0 ? result : { ...result, servers: result.servers.slice(0, MAX_SERVERS_OF_MANY), more };
}
