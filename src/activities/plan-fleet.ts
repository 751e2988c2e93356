import { readFleetInput } from '../inventory/selection/fleet-input.ts';
import type { FleetPlan } from '../domain/plans/plan.ts';
import type { ActivityDependencies } from './dependencies.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Resolves the arguments of `benchmarkFleet` with the worker's current inventory.
 * @throws Failure InvalidInput, UnknownServer, InvalidConfig: the run is refused before it connects to a server
 */
export function planFleet({ configuration }: ActivityDependencies): (args: unknown[]) => Promise<FleetPlan> {
  return async (args) => {
    const settings = await configuration();
    const selection = readFleetInput(args, settings);
    const work = settings.benchmarks.map(({ samples, timeoutMs }) => samples * timeoutMs);
    return { ...selection, serverTimeoutMs: 2 * DAY_MS + work.reduce((sum, each) => sum + each, 0) };
  };
}
