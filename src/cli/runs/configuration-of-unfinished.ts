import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { findConfiguration } from '../../config/find-configuration.ts';
import { readGivenInventory } from '../../config/given-inventory.ts';
import { runningServer } from '../../temporal/dev-server.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { readSavedConfiguration } from '../../temporal/saved-configuration.ts';
import { commandWith } from '../options/configuration-options.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { Refusal } from '../terminal/refusal.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The configuration of the unfinished runs. After a crash, only a worker that knows their servers can resume or cancel
 * them. Options on the command line take precedence.
 * @param verb - the command that needs it: `run --resume`
 * @throws Failure InvalidConfig, Refusal
 */
export async function configurationOfUnfinished(
  verb: string[],
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ConfigurationSource> {
  const stateDir = stateFolder(env);
  const noted = await readSavedConfiguration(stateDir);
  const isNamed = options.config !== undefined || options.inventory !== undefined;
  if (isNamed || noted === null) return findConfiguration(options, env, stdin);
  const { file, inventory } = noted;
  if (inventory !== null && inventory !== '-') {
    const given = await readGivenInventory(inventory, stdin);
    return { file, inventory: given };
  }
  if (file !== null && inventory === null) return { file, inventory };
  const isElsewhere = readTemporalSettings() !== null || (await runningServer(stateDir)) !== null;
  if (isElsewhere) return { file, inventory: { kind: 'standard input', written: '-', text: '' } };
  const again = commandWith({ inventory: '-' }, verb);
  throw new Refusal(`the unfinished run read its servers from standard input: pass them again, ${again}`);
}
