import type { ConfigurationSource } from './configuration-source.ts';
import { readGivenInventory } from './given-inventory.ts';
import type { Input } from './given-inventory.ts';
import { isThere } from '../source/text-file.ts';

/**
 * The configuration that a command line means: its file is `--config`, else FLEETMARK_CONFIG, else `fleetmark.yaml` in
 * the current folder, which need not be there where an inventory is given.
 * @throws Failure InvalidConfig
 */
export async function findConfiguration(
  { config, inventory }: { config?: string | undefined; inventory?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
  stdin: Input
): Promise<ConfigurationSource> {
  const given = inventory === undefined ? null : await readGivenInventory(inventory, stdin);
  const named = config ?? (env['FLEETMARK_CONFIG'] || null);
  const usual = 'fleetmark.yaml';
  if (given === null) return { file: named ?? usual, inventory: null };
  if (named === null && !(await isThere(usual))) return { file: null, inventory: given };
  return { file: named ?? usual, inventory: given };
}
