import { findConfiguration } from '../config/find-configuration.ts';
import { configurationReader } from '../configuration.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import type { Terminal } from './program.ts';

/**
 * The configuration of this machine, whatever that of the workers is.
 * @throws Failure InvalidConfig
 */
export async function readHere(
  options: ConfigurationOptions,
  { env, stdin, stderr }: Terminal
): Promise<Configuration> {
  const source = await findConfiguration(options, env, stdin);
  return configurationReader(source, (line) => stderr.write(`${line}\n`))();
}
