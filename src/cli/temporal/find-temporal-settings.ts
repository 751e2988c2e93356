import { homedir } from 'node:os';
import { join } from 'node:path';
import { shownSource, type ConfigurationSource } from '../../config/configuration-source.ts';
import { pathExists } from '../../source/text-file.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { TemporalSettings } from './temporal-settings.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

/**
 * The settings of a remote Temporal, whose workers have their own configuration; null if none is configured. Loads the
 * SDK only if there are settings to read.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export async function findTemporalSettings({ env }: { env: NodeJS.ProcessEnv }): Promise<TemporalSettings | null> {
  const names = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];
  const defaultFile = join(
    env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'),
    'temporalio',
    'temporal.toml'
  );
  const isNamed = names.some((name) => env[name] !== undefined) || (await pathExists(defaultFile));
  return isNamed ? (await import('./temporal-settings.ts')).readTemporalSettings() : null;
}

/** Warns that remote workers use their own configuration, before the local one is read. */
export async function warnIfRemoteTemporal(
  source: ConfigurationSource,
  terminal: Pick<Terminal, 'env' | 'stderr'>
): Promise<void> {
  const settings = await findTemporalSettings(terminal);
  if (settings === null) return;
  const shown = printable(shownSource(source), 500);
  const what = `This shows the local ${shown}; the workers at ${settings.address} use their own configuration.`;
  messagePrinter(terminal)(what);
}
