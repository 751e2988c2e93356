import type { Configuration } from '../domain/plans/configuration.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { fileVersion } from '../source/file-version.ts';
import { readConfigurationFiles } from './read-configuration.ts';
import type { Surroundings } from '../source/surroundings.ts';

/** What only a plugin or a program of Ansible knows changes without any file. */
const MAX_AGE_MS = 60_000;

/**
 * The configuration as it is now: read again whenever it or its inventory has changed. One that is wrong is not kept,
 * so that whatever corrects it counts at once.
 * @param now in milliseconds, from any beginning
 */
export function configurationFile(
  source: ConfigurationSource,
  surroundings: Surroundings,
  now: () => number = () => performance.now()
): () => Promise<Configuration> {
  let files = source.file === null ? [] : [source.file];
  let latest: { version: string; configuration: Promise<Configuration> } | null = null;
  let expiresAt = Infinity;

  async function read(version: string): Promise<Configuration> {
    try {
      const found = await readConfigurationFiles(source, surroundings);
      // Of an inventory just learnt of, nobody knows which version was read: it is read once more next time.
      if (found.files.join('\n') !== files.join('\n')) forget(version);
      files = found.files;
      expiresAt = found.isVolatile ? now() + MAX_AGE_MS : Infinity;
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
    if (latest?.version !== version || now() >= expiresAt) latest = { version, configuration: read(version) };
    return latest.configuration;
  };
}

/** Changes whenever one of the files does. */
async function versionOf(files: readonly string[]): Promise<string> {
  const versions = files.map(async (file) => `${file} ${await fileVersion(file)}`);
  return (await Promise.all(versions)).join('\n');
}
