import type { FleetInput } from '../../domain/plans/plan.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { selectionInput } from './selection-options.ts';
import type { SelectionOptions } from './selection-options.ts';

/** What `run` and the verbs that look at a run before it starts have in common. */
export interface FleetOptions extends ConfigurationOptions, SelectionOptions {
  benchmarks?: string[] | undefined;
  maxParallel?: number | undefined;
  json?: true | undefined;
}

/** Their part of the input of a workflow. */
export function fleetInput(options: FleetOptions): FleetInput {
  const { benchmarks, maxParallel } = options;
  return {
    ...selectionInput(options),
    ...(benchmarks === undefined ? {} : { benchmarks }),
    ...(maxParallel === undefined ? {} : { maxParallel }),
  };
}
