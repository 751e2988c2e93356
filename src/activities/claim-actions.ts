import type { ActionSettings } from '../domain/actions/action.ts';
import type { ActionCall, ActionPlan, ClaimRequest } from '../domain/actions/calls.ts';
import { decide, type ActionClaim } from '../domain/actions/claims.ts';
import type { ActionsStore } from '../domain/records/action-records.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { retryable } from './record-results.ts';

/** Longer than one attempt of a message. */
const MESSAGE_LIMIT_MS = 30_000;

/**
 * Decides what the actions of the configuration do about the servers of a run, and remembers it before anything is done. A
 * store that is away is waited for.
 */
export function claimActions({
  configuration,
  results,
}: ActivityDependencies): (request: ClaimRequest) => Promise<ActionPlan> {
  const plan = async (request: ClaimRequest): Promise<ActionPlan> => {
    const settings = await configuration(0);
    const { server } = request;
    const actions = settings.actions.filter(
      ({ asServersEnd, verdicts }) =>
        server === undefined || (asServersEnd && (verdicts as readonly string[]).includes(server.verdict))
    );
    return planOf(actions, await claim(results!, settings, actions, request));
  };
  return (request) => withHeartbeat({}, () => retryable(() => plan(request)));
}

async function claim(
  store: ActionsStore,
  { servers }: Configuration,
  actions: readonly ActionSettings[],
  { run, temporalRunId, server }: ClaimRequest
): Promise<ActionClaim[]> {
  const unclassified = [...servers.values()].flatMap(({ serverId, hardwareClass }) =>
    hardwareClass === null ? [serverId] : []
  );
  const byName = new Map(actions.map((action) => [action.name, action]));
  const request = {
    ...{ run, temporalRunId, unclassified, actions: [...byName.keys()], now: new Date().toISOString() },
    serverIds: server === undefined ? null : [server.serverId],
  };
  return store.claimActions(request, (name, { rows, holds, classes }) => {
    const classOf = new Map(
      [...servers.values()].map((each) => [each.serverId, each.hardwareClass ?? classes.get(each.serverId) ?? null])
    );
    // The row of a server as it ends: the run may have changed its verdict since the server wrote it.
    const same = rows.filter(({ verdict }) => server === undefined || verdict === server.verdict);
    return decide(byName.get(name)!, same, holds, classOf);
  });
}

function planOf(actions: readonly ActionSettings[], claims: readonly ActionClaim[]): ActionPlan {
  const calls = actions.flatMap((action) => {
    const started = claims.filter(({ action: name, state }) => name === action.name && state === 'started');
    return callsOf(action, started);
  });
  return {
    order: actions.map(({ name }) => name),
    calls,
    settled: claims.filter(({ state }) => state === 'held_back' || state === 'dry_run'),
  };
}

function callsOf({ name, per, does }: ActionSettings, claims: readonly ActionClaim[]): ActionCall[] {
  const isCommand = does.kind === 'command';
  const about = { action: name, isCommand, timeoutMs: isCommand ? does.timeoutMs + 30_000 : MESSAGE_LIMIT_MS };
  const having = (wanted: string): string[] =>
    claims.flatMap(({ change, serverId }) => (change === wanted ? [serverId] : []));
  const [failed, recovered] = [having('failed'), having('recovered')];
  if (per === 'server')
    return [
      ...failed.map((serverId) => ({ ...about, failed: [serverId], recovered: [] })),
      ...recovered.map((serverId) => ({ ...about, failed: [], recovered: [serverId] })),
    ];
  const together = isCommand
    ? [
        { failed, recovered: [] },
        { failed: [], recovered },
      ]
    : [{ failed, recovered }];
  return together
    .filter((each) => each.failed.length + each.recovered.length > 0)
    .map((each) => ({ ...about, ...each }));
}
