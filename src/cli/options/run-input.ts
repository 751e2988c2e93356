import type { FleetInput } from '../../domain/plans/plan.ts';
import { fleetInput, given, type FleetOptions } from './fleet-options.ts';

/** The options that set the input of a run, now or by a schedule. */
export interface RunInputOptions extends FleetOptions {
  note?: string | undefined;
  measureOnly?: true | undefined;
  evenIfBusy?: true | undefined;
}

export function runInput(options: RunInputOptions): FleetInput {
  const { note, measureOnly, evenIfBusy } = options;
  return { ...fleetInput(options), ...given({ note, measureOnly, evenIfBusy }) };
}
