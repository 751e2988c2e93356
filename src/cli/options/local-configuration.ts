import { findConfiguration } from '../../config/find-configuration.ts';
import type { Configuration } from '../../domain/plans/configuration.ts';
import { selectFleet } from '../../inventory/selection/fleet-input.ts';
import { configurationCheck, configurationCheckText } from '../../reports/checks/configuration-check.ts';
import { configurationReader } from '../../worker/configuration.ts';
import { warnIfRemoteTemporal } from '../temporal/find-temporal-settings.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { messagePrinter, printResult, type Terminal } from '../terminal/terminal.ts';
import { actionProblems } from '../../worker/action-problems.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { refuseExports, type ExportOptions } from './export-options.ts';
import { fleetInput, type FleetOptions } from './fleet-options.ts';

/**
 * Reads the configuration on this machine. Remote workers may use a different one: then a line on stderr says so.
 * @throws Failure InvalidConfig
 */
export async function readLocalConfiguration(
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<Configuration> {
  const source = await findConfiguration(options, terminal.env, terminal.stdin);
  await warnIfRemoteTemporal(source, terminal);
  return configurationReader(source, messagePrinter(terminal))();
}

/**
 * Validates the configuration and its inventory. Connects to nothing and starts nothing. Secrets and programs of actions
 * that are missing here are only told: a worker may have them.
 * @throws Failure InvalidConfig with a line for each mistake; InvalidInput or UnknownServer for an empty selection
 */
export async function checkConfiguration(options: FleetOptions & ExportOptions, terminal: Terminal): Promise<number> {
  refuseExports(options, '--config-only makes no report');
  const configuration = await readLocalConfiguration(options, terminal);
  const { serverIds } = selectFleet([fleetInput(options)], configuration);
  const say = messagePrinter(terminal);
  for (const problem of await actionProblems(configuration)) say(`${problem}; a worker that lacks it refuses runs`);
  const found = configurationCheck(configuration, serverIds.length);
  printResult(found, () => `${configurationCheckText(found)}\n`, options, terminal);
  return exitCodes.passed;
}
