import { stat } from 'node:fs/promises';
import type { Configuration } from '../domain/configuration.ts';
import { readConfigurationFiles } from './read-configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The configuration as it is now: read again whenever it or its inventory has changed. One that is wrong is not kept,
 * so that whatever corrects it counts at once.
 */
export function configurationFile(file: string, surroundings: Surroundings): () => Promise<Configuration> {
  let files = [file];
  let latest: { version: string; configuration: Promise<Configuration> } | null = null;

  async function read(version: string): Promise<Configuration> {
    try {
      const found = await readConfigurationFiles(file, surroundings);
      // Of an inventory just learnt of, nobody knows which version was read: it is read once more next time.
      if (found.files.join('\n') !== files.join('\n')) forget(version);
      files = found.files;
      return found.configuration;
    } catch (error) {
      forget(version);
      throw error;
    }
  }

  function forget(version: string): void {
    if (latest?.version === version) latest = null;
  }

  return async () => {
    const version = await versionOf(files);
    if (latest?.version !== version) latest = { version, configuration: read(version) };
    return latest.configuration;
  };
}

/** Changes whenever one of the files does. */
async function versionOf(files: readonly string[]): Promise<string> {
  const versions = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => null);
    return found ? `${file} ${found.ino} ${found.size} ${found.mtimeNs}` : `${file} is missing`;
  });
  return (await Promise.all(versions)).join('\n');
}
