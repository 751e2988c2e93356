import { homedir } from 'node:os';
import { metricsOf } from './benchmarks/catalogue.ts';
import { configurationFile } from './config/configuration-file.ts';
import type { Configuration } from './domain/configuration.ts';
import { checkKeyFile } from './ssh/keys.ts';

/** Reads the configuration anew for each run, from the file only if it changed. Needs no Temporal. */
export function configurationReader(file: string): () => Promise<Configuration> {
  const { env } = process;
  const checkKeys = (keyFile: string): Promise<void> => checkKeyFile(keyFile, env['SSH_AUTH_SOCK'] ?? null);
  return configurationFile(file, { knownMetrics: metricsOf, checkKeys, home: homedir(), env });
}
