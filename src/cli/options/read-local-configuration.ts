import { findConfiguration } from '../../config/find-configuration.ts';
import { configurationReader } from '../../worker/configuration.ts';
import type { Configuration } from '../../domain/plans/configuration.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { warnIfRemoteTemporal } from '../temporal/find-temporal-settings.ts';
import { messagePrinter } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

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
