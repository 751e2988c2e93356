import { createHash } from 'node:crypto';
import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shownInventory, type ConfigurationSource, type GivenInventory } from '../config/configuration-source.ts';

/** The configuration that the runs in a database belong to. */
export interface SavedConfiguration {
  /** A unique name that does not depend on the current folder. */
  name: string;
  /** The values of `--config` and `--inventory`; null if not given. `-` was standard input, which cannot be read again. */
  file: string | null;
  inventory: string | null;
}

export async function configurationName(source: ConfigurationSource): Promise<string> {
  return (await describeConfiguration(source)).name;
}

async function describeConfiguration(source: ConfigurationSource): Promise<SavedConfiguration> {
  const file = source.file === null ? null : await resolvePath(source.file);
  if (source.inventory === null) return { name: file ?? '', file, inventory: null };
  const { kind } = source.inventory;
  const inventory = kind === 'file' ? await resolvePath(source.inventory.path) : source.inventory.written;
  const shown = `the inventory ${kind === 'file' ? inventory : inventoryName(source.inventory)}`;
  return { name: file === null ? shown : `${file} with ${shown}`, file, inventory };
}

function inventoryName(given: Exclude<GivenInventory, { kind: 'file' }>): string {
  const digest = createHash('sha256').update(given.text).digest('hex').slice(0, 12);
  return `${shownInventory(given)} (${digest})`;
}

async function resolvePath(file: string): Promise<string> {
  return realpath(file).catch(() => resolve(file));
}

/** Saves to a state folder which configuration its runs belong to. */
export async function saveConfiguration(stateDir: string, source: ConfigurationSource): Promise<void> {
  const draft = `${configurationFile(stateDir)}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(await describeConfiguration(source))}\n`, { mode: 0o600 });
  await rename(draft, configurationFile(stateDir));
}

/** The configuration of the last worker of a state folder; null if there was none. Its files may no longer exist. */
export async function readSavedConfiguration(stateDir: string): Promise<SavedConfiguration | null> {
  try {
    return JSON.parse(await readFile(configurationFile(stateDir), 'utf8')) as SavedConfiguration;
  } catch {
    return null;
  }
}

function configurationFile(stateDir: string): string {
  return join(stateDir, 'configuration');
}
