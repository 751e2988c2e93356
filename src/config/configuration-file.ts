import type { Configuration } from '../domain/plans/configuration.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { fileVersion } from '../source/file-version.ts';
import { readConfigurationFiles } from './read-configuration.ts';
import type { Surroundings } from '../source/surroundings.ts';

/** A plugin or an inventory program of Ansible may give another answer although no file has changed. */
const MAX_AGE_MS = 60_000;

/** @param maxAgeMs accepts an answer for which the files were checked that recently; 0 checks them now */
export type ReadConfiguration = (maxAgeMs?: number) => Promise<Configuration>;

/**
 * The current configuration, which is read again when one of its files changes. An invalid one is read again every time.
 * @param now monotonic, in milliseconds
 */
export function configurationFile(
  source: ConfigurationSource,
  surroundings: Surroundings,
  now: () => number = () => performance.now()
): ReadConfiguration {
  let files = source.file === null ? [] : [source.file];
  let latest: { version: string; configuration: Promise<Configuration> } | null = null;
  let expiresAt = Infinity;
  let checked: { at: number; answer: Promise<Configuration> } | null = null;

  async function read(version: string): Promise<Configuration> {
    try {
      const found = await readConfigurationFiles(source, surroundings);
      // The versions of newly found files are unknown, so they are read once more.
      if (found.files.join('\n') !== files.join('\n') && latest?.version === version) latest = null;
      files = found.files;
      expiresAt = found.isVolatile ? now() + MAX_AGE_MS : Infinity;
      return found.configuration;
    } catch (error) {
      if (latest?.version === version) latest = null;
      throw error;
    }
  }

  async function check(): Promise<Configuration> {
    const versions = files.map(async (file) => `${file} ${await fileVersion(file)}`);
    const version = (await Promise.all(versions)).join('\n');
    if (latest?.version !== version || now() >= expiresAt) latest = { version, configuration: read(version) };
    return latest.configuration;
  }

  return async (maxAgeMs = 0) => {
    if (checked === null || now() - checked.at >= maxAgeMs) checked = { at: now(), answer: check() };
    return checked.answer;
  };
}
