import { selectFleet } from '../../inventory/selection/fleet-input.ts';
import { configurationCheck, configurationCheckText } from '../../reports/checks/configuration-check.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { fleetInput } from './fleet-options.ts';
import type { FleetOptions } from './fleet-options.ts';
import { readLocalConfiguration } from './read-local-configuration.ts';
import { printResult } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * Validates the configuration and its inventory. Connects to nothing and starts nothing.
 * @throws Failure InvalidConfig with a line for each mistake; InvalidInput or UnknownServer for an empty selection
 */
export async function checkConfiguration(options: FleetOptions, terminal: Terminal): Promise<number> {
  const configuration = await readLocalConfiguration(options, terminal);
  const { serverIds } = selectFleet([fleetInput(options)], configuration);
  const found = configurationCheck(configuration, serverIds.length);
  printResult(found, () => `${configurationCheckText(found)}\n`, options, terminal);
  return exitCodes.passed;
}
