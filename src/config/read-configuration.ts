import type { Configuration } from '../domain/plans/configuration.ts';
import { Failure } from '../domain/failures/failure.ts';
import { readBenchmarks } from './benchmark-settings.ts';
import type { ConfigurationSource } from './configuration-source.ts';
import { shownInventory, shownSource } from './configuration-source.ts';
import { readExpect } from './expectations/read-expect.ts';
import { findGivenServers, findServers } from './find-servers.ts';
import { classProblems, readClasses, withClasses } from './hardware-classes.ts';
import { keyProblems } from './key-problems.ts';
import type { YamlText } from '../source/yaml/parse-yaml.ts';
import { parseYaml } from '../source/yaml/parse-yaml.ts';
import { placedLines } from '../source/yaml/placed-lines.ts';
import type { Problem } from '../source/problem.ts';
import { listed } from '../source/problem.ts';
import { checkSchema, describe } from '../source/schema-problems.ts';
import type { ConfigurationText } from './schema/schema.ts';
import { configurationSchema } from './schema/schema.ts';
import { readSshSettings } from './ssh-settings.ts';
import type { Surroundings } from '../source/surroundings.ts';
import { accountOf } from '../source/surroundings.ts';
import { lookedIn, readTextFile } from '../source/text-file.ts';
import { usablePart } from '../source/usable-part.ts';
import { withoutSecrets } from './schema/without-secrets.ts';

/**
 * Reads `fleetmark.yaml` and the inventory that it names.
 * @throws Failure InvalidConfig with one line a problem, `fleetmark.yaml:7:5: benchmarks.cpu.sampels: unknown key`
 */
export async function readConfiguration(file: string, surroundings: Surroundings): Promise<Configuration> {
  return (await readConfigurationFiles({ file, inventory: null }, surroundings)).configuration;
}

interface ReadConfiguration {
  configuration: Configuration;
  /** All that it was read from: a change of any may change what it is. */
  files: string[];
  /** It may change without any of these. */
  isPassing: boolean;
}

/**
 * The same, where an inventory may take the place of its servers, or of all of it; with what it was read from.
 * @param draft what the file would hold; left out: what it holds
 */
export async function readConfigurationFiles(
  source: ConfigurationSource,
  surroundings: Surroundings,
  draft?: string
): Promise<ReadConfiguration> {
  const { file: written, inventory: given } = source;
  const file = written ?? 'fleetmark.yaml';
  const yaml = parseYaml(written === null ? '' : (draft ?? (await readConfigurationText(written))));
  if (yaml.syntaxError) {
    const { line, column, message } = yaml.syntaxError;
    throw new Failure('InvalidConfig', `${file}:${line}:${column}: ${message}`);
  }
  const { kinds } = surroundings;
  const { text, problems } = checkText(yaml, configurationSchema(kinds), given !== null);

  const account = accountOf(surroundings);
  const ssh = await readSshSettings(text.ssh, file, account);
  const context = {
    file,
    yaml,
    login: ssh.login,
    home: account.home,
    env: account.env,
    folder: surroundings.folder ?? process.cwd(),
  };
  const found = given === null ? await findServers(text, context) : await findGivenServers(given, context);
  const { benchmarks, problems: ofBenchmarks } = readBenchmarks(text.benchmarks, kinds, account.env);
  const isUnclear = (benchmark: string): boolean =>
    [...problems, ...ofBenchmarks].some(({ path: [section, name = benchmark] }) => {
      return section === 'benchmarks' && name === benchmark;
    });
  const { expect, problems: ofExpect } = readExpect(text.expect, benchmarks, isUnclear, kinds);

  const classes = readClasses(text.classes);
  const known = withClasses(found.servers, classes);
  // Of other servers than those that the file was written for, not every class has to be there.
  const isRead = found.problems.length + found.inventoryLines.length === 0;
  const ofServers = problems.filter(({ path: [section] }) =>
    ['servers', 'inventory', 'classes'].includes(String(section))
  );
  const isWhole = given === null && known.length > 0 && isRead && ofServers.length === 0;
  const ofClasses = isWhole ? classProblems(classes, Object.keys(text.expect), known) : [];

  const further = [...ssh.problems, ...found.problems, ...ofBenchmarks, ...ofClasses, ...ofExpect];
  const placed = placedLines(written, yaml, problems, further);
  const lines = [...placed.lines, ...found.inventoryLines];
  if (lines.length > 0) throw new Failure('InvalidConfig', listed(lines, placed.more + found.moreLines));

  const { settings, sshConfig } = ssh;
  await surroundings.checkSshConfig?.(sshConfig.file);
  const checkKey = async (keyFile: string) => surroundings.checkKeys?.(keyFile, ssh.settings);
  const ofText = given === null ? text : withoutServers(text);
  const keys = await keyProblems(found.servers, ofText, ssh.login.keyFile, checkKey);
  const isOfGiven = ({ path }: Problem): boolean => given !== null && path[0] === 'inventory';
  const inText = placedLines(
    written,
    yaml,
    [],
    keys.filter((problem) => !isOfGiven(problem))
  );
  const inGiven = keys
    .filter(isOfGiven)
    .map(({ message }) => `${given === null ? '' : shownInventory(given)}: ${message}`);
  const ofKeys = [...inText.lines, ...inGiven];
  if (ofKeys.length > 0) throw new Failure('InvalidConfig', listed(ofKeys, inText.more));

  const servers = new Map(known.map((server) => [server.serverId, server]));
  const { maxParallel, quiet, requireExpectations } = text;
  const judging = { classes, expect, requireExpectations };
  const about = { file: shownSource(source), servers, ssh: settings, sshConfig, maxParallel, quiet, benchmarks };
  const configuration = { ...about, ...judging };
  for (const notice of [found.readByAnsible ?? [], found.notices].flat()) surroundings.notice?.(notice);
  const files = [...(written === null ? [] : [written]), ...found.inventoryFiles];
  return { configuration, files, isPassing: found.readByAnsible !== null };
}

async function readConfigurationText(file: string): Promise<string> {
  const read = await readTextFile(file);
  if ('text' in read) return read.text;
  const how =
    'write one with the line "inventory: hosts.txt", and beside it hosts.txt with one host a line, ' +
    'or do without: --inventory hosts.txt';
  throw new Failure('InvalidConfig', `${file} ${read.unreadable}${read.missing ? `${lookedIn(file)}; ${how}.` : ''}`);
}

/** What the schema says, and what it leaves to look at further. */
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
  const { value, problems } = checkSchema(schema, written);
  const text = value ?? usablePart(schema, written, problems);
  return { text, problems: withoutSecrets(yaml.problems, problems) };
}

function withoutServers({ servers: _, inventory: __, ...text }: ConfigurationText): ConfigurationText {
  return text;
}
