import { Failure } from '../domain/failures/failure.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { Server } from '../domain/servers/server.ts';
import { listed, type Problem } from '../source/problem.ts';
import { checkSchema, describe } from '../source/schema-problems.ts';
import { accountOf, type Account, type Surroundings } from '../source/surroundings.ts';
import { usablePart } from '../source/usable-part.ts';
import { problemLines } from '../source/yaml/locate-problem.ts';
import type { YamlText } from '../source/yaml/parse-yaml.ts';
import { readActions } from './action-settings.ts';
import { readBenchmarks } from './benchmark-settings.ts';
import { shownInventory, shownSource, type ConfigurationSource } from './configuration-source.ts';
import { readExpect } from './expectations/expectations.ts';
import { findGivenServers, findServers } from './find-servers.ts';
import { classProblems, readClasses, withClasses } from './hardware-classes.ts';
import { keyProblems } from './key-problems.ts';
import { readYaml } from './read-yaml.ts';
import { REMOVED_KEYS } from './schema/benchmark-schema.ts';
import { configurationSchema, type ConfigurationText } from './schema/schema.ts';
import { withoutSecrets } from './schema/without-secrets.ts';
import { readSshSettings } from './ssh-settings.ts';
import { readStoreSettings } from './store-settings.ts';

interface ReadConfiguration {
  configuration: Configuration;
  /** All files that were read: the configuration may change when one of them does. */
  files: string[];
  /** The configuration may change without a change in these files. */
  isVolatile: boolean;
}

/**
 * Reads `fleetmark.yaml` and its inventory.
 * @param draft replaces the content of the file
 * @throws Failure InvalidConfig with one line per problem, `fleetmark.yaml:7:5: benchmarks.cpu.sampels: unknown key`
 */
export async function readConfigurationFiles(
  source: ConfigurationSource,
  surroundings: Surroundings,
  draft?: string
): Promise<ReadConfiguration> {
  const { inventory: given } = source;
  const yaml = await readYaml(source.file, draft);
  const { text, problems } = checkText(yaml, configurationSchema(surroundings.kinds), given !== null);
  const file = source.file ?? 'fleetmark.yaml';
  const account = accountOf(surroundings);
  const { login, sshConfig, settings, problems: ofSsh } = await readSshSettings(text.ssh, file, account);
  const { store, problems: ofStore } = readStoreSettings(text.store, file, account);
  const { actions, problems: ofActions } = readActions(text.actions, file, account);
  const folder = surroundings.folder ?? process.cwd();
  const context = { ...account, file, yaml, login, folder };
  const found = await (given === null ? findServers(text, context) : findGivenServers(given, context));
  const hasAllServers = given === null && found.servers.length > 0 && found.problems.length + found.lines.length === 0;
  const around = { ...account, kinds: surroundings.kinds };
  const read = readSections(text, found.servers, problems, around, hasAllServers);
  const { problems: ofSections, servers, ...sections } = read;
  const further = [...ofSsh, ...ofStore, ...ofActions, ...found.problems, ...ofSections];
  refuse(problemLines(source.file, yaml, problems, further), found);

  await surroundings.checkSshConfig?.(sshConfig.file);
  const section = given !== null ? null : text.servers ? 'servers' : 'inventory';
  const keys = await keyProblems(found.servers, text, section, login.keyFile, async (keyFile) =>
    surroundings.checkKeys?.(keyFile, settings)
  );
  const [ofInventory, ofFile] = [
    keys.filter(({ path }) => path.length === 0),
    keys.filter(({ path }) => path.length > 0),
  ];
  const lines = ofInventory.map(({ message }) => `${given === null ? file : shownInventory(given)}: ${message}`);
  refuse(problemLines(source.file, yaml, [], ofFile), { lines, more: 0 });

  for (const notice of [found.readByAnsible ?? [], found.notices].flat()) surroundings.notice?.(notice);
  return {
    configuration: {
      ...{ file: shownSource(source), ssh: settings, sshConfig, store, actions, ...sections },
      servers: new Map(servers.map((server) => [server.serverId, server])),
    },
    files: [...(source.file === null ? [] : [source.file]), ...found.files],
    isVolatile: found.readByAnsible !== null,
  };
}

/** The valid part of a text, and the problems in the rest. */
function checkText(
  yaml: YamlText,
  schema: ReturnType<typeof configurationSchema>,
  hasInventory: boolean
): { text: ConfigurationText; problems: Problem[] } {
  const written = yaml.value ?? (hasInventory ? {} : null);
  if (written === null || typeof written !== 'object' || Array.isArray(written)) {
    const found = written === null ? 'is empty' : `must be a map of keys and values, not ${describe(written)}`;
    const problem = { path: [], message: `${found}; begin with "servers:" or "inventory: hosts.txt"` };
    return { text: schema.parse({}), problems: [problem] };
  }
  const { value, problems } = checkSchema(schema, written, REMOVED_KEYS);
  const text = value ?? usablePart(schema, written, problems);
  return { text, problems: withoutSecrets(yaml.problems, problems) };
}

/**
 * Reads all sections except `ssh:`, and adds classes to the servers.
 * @param known problems of the text
 * @param isComplete whether the servers are all those of the file: only then an unused class is a problem
 */
function readSections(
  text: ConfigurationText,
  found: readonly Server[],
  known: readonly Problem[],
  { kinds, env }: Pick<Surroundings, 'kinds'> & Pick<Account, 'env'>,
  isComplete: boolean
) {
  const { benchmarks, problems: ofBenchmarks } = readBenchmarks(text.benchmarks, kinds, env);
  const isUnclear = (benchmark: string): boolean =>
    [...known, ...ofBenchmarks].some(({ path: [section, name = benchmark] }) => {
      return section === 'benchmarks' && name === benchmark;
    });
  const { expect, problems: ofExpect } = readExpect(text.expect, benchmarks, isUnclear, kinds);
  const classes = readClasses(text.classes);
  const servers = withClasses(found, classes);
  const isValid = !known.some(({ path: [section] }) => ['servers', 'inventory', 'classes'].includes(String(section)));
  const ofClasses = isComplete && isValid ? classProblems(classes, Object.keys(text.expect), servers) : [];
  const { maxParallel, quiet, requireExpectations } = text;
  const problems = [...ofBenchmarks, ...ofClasses, ...ofExpect];
  return { benchmarks, expect, classes, servers, maxParallel, quiet, requireExpectations, problems };
}

function refuse(placed: { lines: string[]; more: number }, inventory: { lines: string[]; more: number }): void {
  const lines = [...placed.lines, ...inventory.lines];
  if (lines.length > 0) throw new Failure('InvalidConfig', listed(lines, placed.more + inventory.more));
}
