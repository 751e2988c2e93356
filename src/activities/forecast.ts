import { knownTools } from '../benchmarks/catalogue.ts';
import { selectFleet } from '../inventory/selection/fleet-input.ts';
import { sizeOf } from '../domain/values/json-value.ts';
import { forecastRun } from '../domain/plans/run-forecast.ts';
import type { RunForecast } from '../domain/plans/run-forecast.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Maximum size of the server list; a workflow result is limited to 2 MiB. */
const MAX_LIST_BYTES = 1_000_000;

/** How many skipped servers are kept if the list is too large. */
const MAX_SKIPPED = 100;

/**
 * Plans `benchmarkFleet` with these arguments and the configuration of this worker. Connects to no server.
 * @throws Failure InvalidInput, UnknownServer, InvalidConfig
 */
export function forecast({ configuration, tools }: ActivityDependencies): (args: unknown[]) => Promise<RunForecast> {
  return async (args) => {
    const settings = await configuration();
    const told = forecastRun(settings, selectFleet(args, settings), knownTools(tools));
    const { servers, skipped } = told;
    if (sizeOf(servers) + sizeOf(skipped) <= MAX_LIST_BYTES) return told;
    const few = Object.fromEntries(Object.entries(skipped ?? {}).slice(0, MAX_SKIPPED));
    return { ...told, skipped: few, servers: [], serversLeftOut: servers.length };
  };
}
