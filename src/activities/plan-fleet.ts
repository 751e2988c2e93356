import { knownTools } from '../benchmarks/catalogue.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { RunStart } from '../domain/records/records.ts';
import { forecastRun, type RunForecast } from '../domain/plans/run-forecast.ts';
import { sizeOf } from '../domain/values/json-value.ts';
import { readFleetInput, selectFleet } from '../inventory/selection/fleet-input.ts';
import { longestFirst } from '../domain/plans/longest-first.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { earlyVerdicts, usableActions } from './usable-actions.ts';
import { lastDurations } from './last-durations.ts';
import { recordStart } from './start-run.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Maximum size of the server list; a workflow result is limited to 2 MiB. */
const MAX_LIST_BYTES = 1_000_000;

/** The maximum number of skipped servers that are kept if the list is too large. */
const MAX_SKIPPED = 100;

/**
 * Resolves the arguments of `benchmarkFleet` with the worker's current inventory.
 * @throws Failure InvalidInput, UnknownServer, InvalidConfig: the run is refused before it connects to a server
 */
export function planFleet(
  dependencies: ActivityDependencies
): (args: unknown[], start?: Pick<RunStart, 'startedAt' | 'schedule'>) => Promise<FleetPlan> {
  const { configuration, results, hasSearchAttributes = () => Promise.resolve(false) } = dependencies;
  return async (args, start) => {
    const settings = await configuration(0);
    const selection = readFleetInput(args, settings);
    const durations = selection.checkOnly ? new Map<string, number>() : await lastDurations(selection.serverIds);
    const order = longestFirst(selection.serverIds, durations);
    const isKept = start !== undefined && !selection.checkOnly && (await results?.isConfigured()) === true;
    const actions = start === undefined ? [] : await usableActions(dependencies, settings, selection);
    if (isKept) await recordStart(results!, { ...start, note: selection.note, serverIds: selection.serverIds });
    const work = settings.benchmarks.map(({ samples, timeoutMs }) => samples * timeoutMs);
    return {
      ...selection,
      ...(order && { order }),
      ...(isKept && { record: true }),
      ...(actions.length > 0 && { actions: { asServersEnd: earlyVerdicts(actions) } }),
      shown: { memo: true, searchAttributes: await hasSearchAttributes() },
      // Half of it is for the wait for a place: for the benchmarks of another server.
      serverTimeoutMs: 2 * (DAY_MS + work.reduce((sum, each) => sum + each, 0)),
    };
  };
}

/**
 * What `benchmarkFleet` would do with these arguments and the configuration of this worker. Connects to no server.
 * @throws Failure InvalidInput, UnknownServer, InvalidConfig
 */
export function forecast(dependencies: ActivityDependencies): (args: unknown[]) => Promise<RunForecast> {
  return async (args) => {
    const settings = await dependencies.configuration(0);
    const selection = selectFleet(args, settings);
    await usableActions(dependencies, settings, selection);
    const forecast = forecastRun(settings, selection, knownTools(dependencies.tools));
    const { servers, skipped } = forecast;
    if (sizeOf(servers) + sizeOf(skipped) <= MAX_LIST_BYTES) return forecast;
    const few = Object.fromEntries(Object.entries(skipped ?? {}).slice(0, MAX_SKIPPED));
    return { ...forecast, skipped: few, servers: [], serversLeftOut: servers.length };
  };
}
