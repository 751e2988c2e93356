import type { FleetInput } from '../../domain/plans/plan.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { selectionInput } from './selection-options.ts';
import type { SelectionOptions } from './selection-options.ts';

/** Options of `run`, `check` and `plan`. */
export interface FleetOptions extends ConfigurationOptions, SelectionOptions {
  benchmarks?: string[] | undefined;
  maxParallel?: number | undefined;
  json?: true | undefined;
}

/** The part of the workflow input that these options set. */
export function fleetInput(options: FleetOptions): FleetInput {
  const { benchmarks, maxParallel } = options;
  return {
    ...selectionInput(options),
    ...(benchmarks === undefined ? {} : { benchmarks }),
    ...(maxParallel === undefined ? {} : { maxParallel }),
  };
}
