import { knownTools } from '../benchmarks/kinds.ts';
import { MAX_SERVERS, selectFleet } from '../inventory/selection/fleet-input.ts';
import { sizeOf } from '../domain/reports/json-size.ts';
import { forecastRun } from '../domain/plans/run-forecast.ts';
import type { RunForecast } from '../domain/plans/run-forecast.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Bytes; a workflow can hand over 2 MiB. */
const MAX_LIST_BYTES = 1_000_000;

/** Of what has no place. */
const MAX_SKIPPED = 100;

/**
 * What a run of these arguments of `benchmarkFleet` would do by the configuration of this worker. Connects to nothing.
 * @throws Failure InvalidInput, UnknownServer, InvalidConfig
 */
export function forecast({ configuration, tools }: ActivityDependencies): (args: unknown[]) => Promise<RunForecast> {
  return async (args) => {
    const settings = await configuration();
    const known = { tools: knownTools(tools), mostServers: MAX_SERVERS };
    const told = forecastRun(settings, selectFleet(args, settings), known);
    const { servers, skipped } = told;
    if (sizeOf(servers) + sizeOf(skipped) <= MAX_LIST_BYTES) return told;
    const few = Object.fromEntries(Object.entries(skipped ?? {}).slice(0, MAX_SKIPPED));
    return { ...told, skipped: few, servers: [], serversLeftOut: servers.length };
  };
}
