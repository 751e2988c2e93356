import { dirname, relative, resolve } from 'node:path';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { readExactText } from '../../source/replace-text-file.ts';
import { isThere } from '../../source/text-file.ts';
import { readDraft } from '../../worker/configuration.ts';
import { Refusal } from '../terminal/refusal.ts';

/** The file to write, and what is to be kept of it. */
export interface BaselineFile {
  file: string;
  /** Null: there is none yet. */
  before: string | null;
  /** What to add to: the text of the file, or one that names the inventory. */
  draft: string;
  /** What the configuration is read from once the file is written. */
  source: ConfigurationSource;
}

/** Where the expectations of a configuration are written. @throws Failure InvalidConfig, Refusal */
export async function findBaselineFile(source: ConfigurationSource): Promise<BaselineFile> {
  const file = source.file ?? 'fleetmark.yaml';
  const { inventory } = source;
  if (inventory === null || (await isThere(file))) {
    await readDraft(source); // says what is wrong with it, or that it is not there
    const before = await readExactText(file);
    return { file, before, draft: before, source: { file, inventory } };
  }
  if (inventory.kind !== 'file') {
    const why = `there is no ${file}, and it could not name these servers`;
    throw new Refusal(`${why}: write it with "servers:", or give the inventory as a file (-i hosts.ini)`);
  }
  const path = relative(dirname(resolve(file)), inventory.path);
  const written = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path.startsWith('~') ? `./${path}` : path);
  return { file, before: null, draft: `inventory: ${written}\n`, source: { file, inventory: null } };
}
