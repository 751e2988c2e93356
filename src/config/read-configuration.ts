import type { Configuration } from '../domain/configuration.ts';
import { Failure } from '../domain/failure.ts';
import { readBenchmarks } from './benchmark-settings.ts';
import { expectationProblems } from './expectation-problems.ts';
import { findServers, noServers } from './find-servers.ts';
import { locateProblem } from './locate-problem.ts';
import type { YamlText } from './parse-yaml.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Path, Problem } from './problem.ts';
import { listed, problemText } from './problem.ts';
import type { ConfigurationText } from './schema.ts';
import { configurationSchema } from './schema.ts';
import { checkSchema, describe } from './schema-problems.ts';
import { readSshSettings } from './ssh-settings.ts';
import type { Surroundings } from './surroundings.ts';
import { accountOf } from './surroundings.ts';
import { readTextFile } from './text-file.ts';

/**
 * Reads `fleetmark.yaml` and the inventory that it names.
 * @throws Failure InvalidConfig with one line a problem, `fleetmark.yaml:7:5: benchmarks.cpu.sampels: unknown key`
 */
export async function readConfiguration(file: string, surroundings: Surroundings): Promise<Configuration> {
  return (await readConfigurationFiles(file, surroundings)).configuration;
}

/** The same, with the files that it was read from. */
export async function readConfigurationFiles(
  file: string,
  surroundings: Surroundings
): Promise<{ configuration: Configuration; files: string[] }> {
  const yaml = parseYaml(await readConfigurationText(file));
  if (yaml.syntaxError) {
    const { line, column, message } = yaml.syntaxError;
    throw new Failure('InvalidConfig', `${file}:${line}:${column}: ${message}`);
  }
  const { text, wrong, problems } = checkSections(yaml);

  const account = accountOf(surroundings);
  const ssh = await readSshSettings(text.ssh, file, account);
  const context = { file, yaml, login: ssh.login, home: account.home };
  const found = wrong.has('servers') || wrong.has('inventory') ? noServers : await findServers(text, context);
  const { benchmarks, problems: ofBenchmarks } = readBenchmarks(text.benchmarks);
  const measured = wrong.has('benchmarks') || ofBenchmarks.length > 0 ? null : benchmarks;
  const expect = { default: text.expect.default ?? {} };
  const ofExpect = expectationProblems('default', expect.default, measured, surroundings.knownMetrics);

  const ofLogin = wrong.has('ssh') ? [] : [...ssh.problems, ...found.problems.filter(({ path }) => path[0] === 'ssh')];
  const ofServers = found.problems.filter(({ path }) => path[0] !== 'ssh');
  const all = [...problems, ...ofLogin, ...ofServers, ...ofBenchmarks, ...ofExpect];
  const lines = [...placedLines(file, yaml, all), ...found.inventoryLines];
  if (lines.length > 0) throw new Failure('InvalidConfig', listed(lines));

  const keyFiles = new Set(found.servers.map(({ keyFile }) => keyFile));
  for (const keyFile of keyFiles) {
    if (keyFile !== null) await surroundings.checkKeys?.(keyFile, ssh.settings.agentSocket);
  }
  const servers = new Map(found.servers.map((server) => [server.serverId, server]));
  const configuration = { file, servers, ssh: ssh.settings, maxParallel: text.maxParallel, benchmarks, expect };
  return { configuration, files: [file, ...(found.inventoryFile === null ? [] : [found.inventoryFile])] };
}

async function readConfigurationText(file: string): Promise<string> {
  const read = await readTextFile(file);
  if ('text' in read) return read.text;
  const how = 'write one with the line "inventory: hosts.txt", and beside it hosts.txt with one host a line';
  throw new Failure('InvalidConfig', `${file} ${read.unreadable}${read.missing ? `; ${how}.` : ''}`);
}

/** What the schema says; sections that are wrong are left at their defaults, so that the others can be looked at too. */
function checkSections(yaml: YamlText): { text: ConfigurationText; wrong: Set<string>; problems: Problem[] } {
  const written = yaml.value;
  if (written === null || typeof written !== 'object' || Array.isArray(written)) {
    const found = written === null ? 'is empty' : `must be a map of keys and values, not ${describe(written)}`;
    const problem = { path: [], message: `${found}; begin with "servers:" or "inventory: hosts.txt"` };
    return { text: configurationSchema.parse({}), wrong: new Set(['servers']), problems: [problem] };
  }
  const { value, problems } = checkSchema(configurationSchema, written, laterVersion);
  const wrong = new Set([...problems, ...yaml.problems].map(({ path }) => String(path[0])));
  const usable = Object.entries(written).filter(([section]) => !wrong.has(section));
  const text = value ?? configurationSchema.parse(Object.fromEntries(usable));
  return { text, wrong, problems: [...yaml.problems, ...problems] };
}

function laterVersion(path: Path): string | null {
  const key = String(path.at(-1));
  const ofServer = path[0] === 'servers' && path.length === 3 && (key === 'class' || key === 'groups');
  if (ofServer) return `${key} comes with a later version; remove it`;
  const ofClass = path[0] === 'expect' && path.length === 2;
  return ofClass ? 'classes of your own come with a later version; the one class of this version is "default"' : null;
}

function placedLines(file: string, yaml: YamlText, problems: readonly Problem[]): string[] {
  return problems
    .map((problem) => ({ problem, ...locateProblem(yaml, problem) }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ problem, line, column }) => `${file}:${line}:${column}: ${problemText(problem)}`);
}
