import { homedir } from 'node:os';
import { relative } from 'node:path';
import { knownTools as toolsOfCatalogue, metricsOf } from '../benchmarks/catalogue.ts';
import { configurationFile } from '../config/configuration-file.ts';
import type { ConfigurationSource } from '../config/configuration-source.ts';
import { readConfigurationFiles } from '../config/read-configuration.ts';
import { findSsh } from '../ssh-config/ask-ssh.ts';
import { listedConnections } from '../ssh-config/listed-connections.ts';
import { accountOf, type Account } from '../source/surroundings.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { KnownTool } from '../domain/measurements/known-tool.ts';
import type { ListedConnection } from '../domain/servers/listed-connection.ts';
import { checkKeyFile } from '../ssh/keys/keys.ts';

/**
 * Reads the configuration anew for each run, from its files only if one changed. Needs no Temporal.
 * @param notice is told, in one line, what is worth knowing about how it was read
 */
export function configurationReader(
  source: ConfigurationSource,
  notice: (line: string) => void
): () => Promise<Configuration> {
  const { env } = process;
  const checks = {
    checkKeys: checkKeyFile,
    checkSshConfig: async (config: true | string, account: Account) => void (await findSsh(config, account)),
  };
  return configurationFile(source, { knownMetrics: metricsOf, ...checks, home: homedir(), env, notice });
}

/**
 * The configuration as it is, or would be with another text in its file. Keys are not looked at: they may be where the
 * workers are.
 */
export async function readDraft(source: ConfigurationSource, draft?: string): Promise<Configuration> {
  const env = { ...process.env, SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK'] || '/nonexistent/agent' };
  const surroundings = { knownMetrics: metricsOf, home: homedir(), env };
  return (await readConfigurationFiles(source, surroundings, draft)).configuration;
}

/** How servers are reached from this machine, with paths below the current folder as seen from there. */
export async function localConnections(
  configuration: Configuration,
  serverIds: readonly string[]
): Promise<Map<string, ListedConnection>> {
  const agentSocket = process.env['SSH_AUTH_SOCK'] || null;
  const here = { ...configuration, ssh: { ...configuration.ssh, agentSocket } };
  const found = await listedConnections(here, serverIds, accountOf({ home: homedir(), env: process.env }));
  for (const connection of found.values())
    connection.key = connection.key === null ? null : relativeToFolder(connection.key);
  return found;
}

function relativeToFolder(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}

/** What can measure a benchmark, for those who may not know the tools themselves. */
export function knownTools(): KnownTool[] {
  return toolsOfCatalogue();
}
