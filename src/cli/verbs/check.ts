import { readFleetInput } from '../../inventory/selection/fleet-input.ts';
import { configurationReader } from '../../worker/configuration.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { configurationOfRun } from '../runs/configuration-of-run.ts';
import { refuseUnwritableExports } from '../runs/exports.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { fleetInput, type FleetOptions } from '../options/fleet-options.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

interface CheckOptions extends FleetOptions, ExportOptions {
  /** All details of all servers. */
  verbose?: true | undefined;
}

/**
 * Checks whether servers are ready for a run, and starts no job on them. Uses the workflows of a run, so that the same
 * workers connect to the same servers.
 */
export async function check(options: CheckOptions, terminal: Terminal): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  const input: FleetInput = { ...fleetInput(options), checkOnly: true };
  const configuration = await configurationOfRun(options, terminal);
  if ((await findTemporalSettings(terminal)) === null)
    readFleetInput([input], await configurationReader(configuration, messagePrinter(terminal))());
  const { runFleet } = await import('../runs/run-fleet.ts');
  const { json, exports, verbose } = options;
  return runFleet(configuration, input, { json, exports, verbose }, terminal);
}
