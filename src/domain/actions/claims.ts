import { grouped } from '../values/grouped.ts';
import { passesAgain } from '../verdicts/passes-again.ts';
import type { ServerRow } from '../verdicts/server-row.ts';
import { allowedServers, limitText, type ActionSettings, type ActionVerdict, type ServerChange } from './action.ts';

/** A server that an action has acted on, and that has not passed since. */
export interface Hold {
  serverId: string;
  verdict: ActionVerdict;
  hardwareClass: string | null;
  /** The benchmarks that must pass before the server has recovered; empty: the server was not measured. */
  benchmarks: readonly string[];
}

/**
 * `started`: the action is called, or was, with an unknown end. `held_back`: it would exceed the limit. The others are how a
 * call ended; `unknown`: a command that may have done its work.
 */
export type ClaimState = 'started' | 'held_back' | 'dry_run' | 'done' | 'failed' | 'unknown';

/** What an action does about a server in a run: at most one thing. */
export interface ActionClaim {
  action: string;
  serverId: string;
  change: ServerChange;
  state: ClaimState;
  message: string | null;
}

export interface Decision {
  claims: ActionClaim[];
  /** Servers that the action acts on now, or that fail in further benchmarks. */
  holds: Hold[];
  /** Servers that pass again, and about which the action does nothing then. */
  released: string[];
}

/**
 * Decides about the servers of a run: pure, so that it can be tested without a database.
 * @param rows - servers that this action has no claim for in this run
 * @param holds - of this action, from all runs
 * @param classOf - of each server of the inventory; servers of an unknown class are not counted
 */
export function decide(
  action: ActionSettings,
  rows: readonly ServerRow[],
  holds: readonly Hold[],
  classOf: ReadonlyMap<string, string | null>
): Decision {
  const held = new Map(holds.map((hold) => [hold.serverId, hold]));
  const about = rows.map((row) => ({ row, hold: held.get(row.serverId), change: changeOf(action, row, held) }));
  const having = (wanted: ServerChange | 'passed') => about.filter(({ change }) => change === wanted);
  const failed = having('failed').map(({ row }) => row);
  const tooMany = action.limit === null ? new Map<string, string>() : beyondLimit(action, failed, holds, classOf);
  const claims = [
    ...failed.map((row) => claimOf(action, row, 'failed', tooMany.get(row.serverId) ?? null)),
    ...having('recovered').map(({ row }) => claimOf(action, row, 'recovered', null)),
  ];
  const started = new Set(claims.filter(({ state }) => state === 'started').map(({ serverId }) => serverId));
  const fresh = failed.filter(({ serverId }) => started.has(serverId)).map((row) => holdOf(row));
  const wider = about.flatMap(({ row, hold, change }) => (change === null && hold ? widened(hold, row) : []));
  return { claims, holds: [...fresh, ...wider], released: having('passed').map(({ row }) => row.serverId) };
}

/** `passed`: it has recovered, and the action does nothing about it. Null: nothing has changed for this action. */
function changeOf(
  { verdicts, onRecovery, does }: ActionSettings,
  row: ServerRow,
  held: ReadonlyMap<string, Hold>
): ServerChange | 'passed' | null {
  const hold = held.get(row.serverId);
  const { verdict } = row;
  if (hold !== undefined && passesAgain(row, hold.benchmarks)) return onRecovery ? 'recovered' : 'passed';
  if (!(verdicts as readonly string[]).includes(verdict)) return null;
  // A command has done its work; a message is sent again if an error turns out to be a failure.
  return hold === undefined || (does.kind !== 'command' && hold.verdict !== verdict) ? 'failed' : null;
}

function holdOf({ serverId, hardwareClass, verdict, benchmarks }: ServerRow): Hold {
  const failing = benchmarks.filter((each) => each.verdict === 'fail' || each.verdict === 'error');
  const names = failing.map(({ benchmark }) => benchmark);
  return { serverId, hardwareClass, verdict: verdict as ActionVerdict, benchmarks: names };
}

/** A held server that fails in further benchmarks must pass those, too. */
function widened(hold: Hold, row: ServerRow): Hold[] {
  if (row.verdict !== 'fail') return [];
  const benchmarks = [...new Set([...hold.benchmarks, ...holdOf(row).benchmarks])];
  return benchmarks.length > hold.benchmarks.length ? [{ ...hold, benchmarks }] : [];
}

/**
 * The servers of classes with too many of them, each with the reason: then the action does nothing in the class. All servers
 * of the inventory count, and all that it has acted on before.
 */
function beyondLimit(
  { limit }: ActionSettings,
  failed: readonly ServerRow[],
  holds: readonly Hold[],
  classOf: ReadonlyMap<string, string | null>
): Map<string, string> {
  const before = new Map(holds.filter((hold) => classOf.has(hold.serverId)).map((hold) => [hold.serverId, hold]));
  // A run that detected the class of a held server may have been removed since.
  const current = [...classOf].map(([id, each]) => [id, each ?? before.get(id)?.hardwareClass ?? null] as const);
  const ownClass = (row: ServerRow): string | null => row.hardwareClass ?? classOf.get(row.serverId) ?? null;
  const known = new Map([...current, ...failed.map((row) => [row.serverId, ownClass(row)] as const)]);
  const found = new Map<string, string>();
  for (const [hardwareClass, rows] of grouped(failed, ownClass)) {
    const members = [...known].filter(([, each]) => each === hardwareClass).map(([serverId]) => serverId);
    const size = hardwareClass === null ? 0 : members.length;
    const acted = members.filter((serverId) => before.has(serverId));
    const sum = new Set([...acted, ...rows.map(({ serverId }) => serverId)]).size;
    const allowed = allowedServers(limit!, size);
    if (sum <= allowed) continue;
    const which = hardwareClass === null ? 'of an unknown class' : `of ${size} servers of class ${hardwareClass}`;
    const number = 'share' in limit! ? `, which is ${allowed}` : '';
    const why = `it would have acted on ${sum} ${which}; the limit is ${limitText(limit!)}${number}`;
    for (const { serverId } of rows) found.set(serverId, why);
  }
  return found;
}

function claimOf(
  { name, dryRun }: ActionSettings,
  { serverId }: ServerRow,
  change: ServerChange,
  tooMany: string | null
): ActionClaim {
  const state = tooMany !== null ? 'held_back' : dryRun ? 'dry_run' : 'started';
  return { action: name, serverId, change, state, message: tooMany };
}
