import { relative } from 'node:path';
import { catalogue, kindsOf, knownTools as toolsForPeople } from '../benchmarks/catalogue.ts';
import { configurationFile, type ReadConfiguration } from '../config/configuration-file.ts';
import type { ConfigurationSource } from '../config/configuration-source.ts';
import { readConfigurationFiles } from '../config/read-configuration.ts';
import { findSsh } from '../ssh-config/ask-ssh.ts';
import { listedConnections } from '../ssh-config/listed-connections.ts';
import { accountOf } from '../source/surroundings.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { KnownTool } from '../domain/measurements/known-tool.ts';
import type { ListedConnection } from '../domain/servers/server.ts';
import { checkKeyFile } from '../ssh/keys/authentication.ts';

/**
 * Returns a function that reads the configuration, and reads its files again only if one has changed. Needs no Temporal.
 * @param notice - prints one line, for example a warning
 * @param checkSshConfig rejects if `ssh.config` needs an ssh client and there is none
 */
export function configurationReader(
  source: ConfigurationSource,
  notice: (line: string) => void,
  tools = catalogue,
  checkSshConfig = async (config: boolean | string): Promise<void> => void (await findSsh(config, accountOf()))
): ReadConfiguration {
  return configurationFile(source, { kinds: kindsOf(tools), checkKeys: checkKeyFile, checkSshConfig, notice });
}

/**
 * Reads the configuration, or what it would be with the text `draft` in its file. Does not check keys: they may only exist
 * on the workers.
 */
export async function readDraft(source: ConfigurationSource, draft?: string): Promise<Configuration> {
  const env = { ...process.env, SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK'] || '/nonexistent/agent' };
  return (await readConfigurationFiles(source, { kinds: kindsOf(catalogue), env }, draft)).configuration;
}

/** The connections that this machine would use. Key paths below the current folder are relative. */
export async function localConnections(
  configuration: Configuration,
  serverIds: readonly string[]
): Promise<Map<string, ListedConnection>> {
  const agentSocket = process.env['SSH_AUTH_SOCK'] || null;
  const here = { ...configuration, ssh: { ...configuration.ssh, agentSocket } };
  const found = await listedConnections(here, serverIds, accountOf());
  for (const connection of found.values())
    connection.key = connection.key === null ? null : relativeToFolder(connection.key);
  return found;
}

function relativeToFolder(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}

/** The tools of all benchmarks, for folders that must not import src/benchmarks. */
export function knownTools(): KnownTool[] {
  return toolsForPeople(catalogue);
}
