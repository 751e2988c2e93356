import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { findConfiguration } from '../../config/find-configuration.ts';
import { runningServer } from '../../temporal/dev-server.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { configurationName } from '../../temporal/saved-configuration.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { inventoryOptionRefusal, temporalInUseRefusal } from './configuration-refusals.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The configuration of a new run.
 * @throws Refusal if the worker would use a different one, before the user is asked to confirm; Failure InvalidConfig
 */
export async function configurationOfRun(
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ConfigurationSource> {
  const isElsewhere = readTemporalSettings() !== null;
  if (isElsewhere && options.inventory !== undefined) throw inventoryOptionRefusal();
  const configuration = await findConfiguration(options, env, stdin);
  if (!isElsewhere) await refuseTemporalInUse(configuration, stateFolder(env));
  return configuration;
}

async function refuseTemporalInUse(configuration: ConfigurationSource, stateDir: string): Promise<void> {
  const running = await runningServer(stateDir);
  const ours = await configurationName(configuration);
  if (running === null || running.address === null || running.configuration === ours) return;
  throw temporalInUseRefusal(running.address, running.configuration, ours);
}
