import { dirname, relative, resolve } from 'node:path';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { readExactText } from '../../source/replace-text-file.ts';
import { pathExists } from '../../source/text-file.ts';
import { readDraft } from '../../worker/configuration.ts';
import { Refusal } from '../terminal/refusal.ts';

/** The configuration file to edit, and its current content. */
export interface BaselineFile {
  file: string;
  /** Null if the file does not exist yet. */
  before: string | null;
  /** The text to edit: the content of the file, or one line that names the inventory. */
  draft: string;
  /** The source of the configuration after the file is written. */
  source: ConfigurationSource;
}

/** Finds the file for the expectations of a configuration. @throws Failure InvalidConfig; Refusal if there is none */
export async function findBaselineFile(source: ConfigurationSource): Promise<BaselineFile> {
  const file = source.file ?? 'fleetmark.yaml';
  const { inventory } = source;
  if (inventory === null || (await pathExists(file))) {
    await readDraft(source); // throws if it is invalid or missing
    const before = await readExactText(file);
    return { file, before, draft: before, source: { file, inventory } };
  }
  if (inventory.kind !== 'file') {
    const why = `there is no ${file}, and this inventory is not a file that it could name`;
    throw new Refusal(`${why}: write ${file} with "servers:", or pass the inventory as a file (-i hosts.ini)`);
  }
  const path = relative(dirname(resolve(file)), inventory.path);
  const written = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path.startsWith('~') ? `./${path}` : path);
  return { file, before: null, draft: `inventory: ${written}\n`, source: { file, inventory: null } };
}
