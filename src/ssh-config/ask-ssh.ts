import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { sshConfigWith, SYSTEM_SSH_CONFIG } from '../config/ssh-config-file.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import { runProgram } from '../processes/run-program.ts';
import type { Account } from '../source/surroundings.ts';
import { pathExists } from '../source/text-file.ts';
import { followedOptions, refusedOptions, type Destination, type SshAnswer } from './ssh-options.ts';

/** A `Match exec` in a configuration may be slow. */
const DEFAULT_LIMIT_MS = 20_000;
const MAX_BYTES = 1024 * 1024;
/** No configuration names it: `HostName localhost` must not equal the default. */
const HOST_OF_DEFAULTS = 'fleetmark-defaults.invalid';
/** Shared by all configurations: each client is a process, and `Match exec` may start more. */
const limitClients = pLimit(8);

/** @throws Failure InvalidConfig with what ssh says */
export type AskSsh = (destination: Destination) => Promise<SshAnswer>;

/** Options whose value is a list of files, separated by blanks. */
const FILE_LISTS: ReadonlySet<string> = new Set(['userknownhostsfile', 'globalknownhostsfile']);

const serverOptions = [...followedOptions, ...refusedOptions.keys()];
/** Where no file may set one of these, ssh answers the same for all servers. */
const optionsThatDiffer = [...serverOptions, 'canonicaldomains', 'canonicalizehostname'];

/**
 * Asks the ssh client of this machine with `ssh -G`, which reads `Include`, `Match` and tokens. Without a client, or with
 * one older than OpenSSH 6.8, the ssh configuration must not contain options for servers.
 * @param config `ssh.config` of `fleetmark.yaml`, with an absolute path
 * @throws Failure InvalidConfig if a client is needed and there is none
 */
export async function findSsh(config: boolean | string, account: Account, limitMs = DEFAULT_LIMIT_MS): Promise<AskSsh> {
  if (config === false) return () => Promise.resolve({ options: new Map(), from: '', files: [] });
  const env = { ...account.env, LC_ALL: 'C' };
  const run = async (...args: string[]) =>
    limitClients(async () => runProgram({ program: 'ssh', args, env, limitMs, maxBytes: MAX_BYTES }));
  const file = await fileArgument(config, account);
  const defaultFiles = [join(account.home, '.ssh/config'), SYSTEM_SSH_CONFIG, `${SYSTEM_SSH_CONFIG}.d`];
  if (file !== null && file !== 'none') defaultFiles.push(file);
  const defaults = await run('-v', '-G', '-F', 'none', '--', HOST_OF_DEFAULTS);
  if (defaults.problem !== null) {
    const needed = await sshConfigWith(config, account.home, serverOptions);
    if (needed !== null) throw withoutClient(needed, defaults);
    return () => Promise.resolve({ options: new Map(), from: '', files: defaultFiles });
  }
  const defaultLines = defaults.stdout.toString().split('\n');
  const ask: AskSsh = async (destination) => {
    const { host, port, user } = destination;
    const named = file === null ? [] : ['-F', file];
    const shown = ['ssh', '-G', ...named, host].join(' ');
    const login = [...(port === null ? [] : ['-p', String(port)]), ...(user === null ? [] : ['-l', user])];
    const { problem, stdout, stderr } = await run('-v', '-G', ...named, ...login, '--', host);
    if (problem !== null) throw new Failure('InvalidConfig', `"${shown}" ${problem}${complaint(stderr)}`);
    const lines = withoutDefaults(stdout.toString().split('\n'), defaultLines);
    const matches = stderr.toString().matchAll(/^debug1: Reading configuration data (.+?)\r?$/gm);
    const read = [...matches].map(([, path]) => path!);
    return {
      options: optionsOf(lines, destination, account),
      from: `the ssh configuration ("${shown}" shows it)`,
      // The folders, too: an `Include` may match a new file there.
      files: [...new Set([...defaultFiles, ...read, ...read.map((path) => dirname(path))])],
    };
  };
  return (await sshConfigWith(config, account.home, optionsThatDiffer)) === null ? askOnce(ask) : ask;
}

/** For all servers the answer for the first one, unless that has such options. */
function askOnce(ask: AskSsh): AskSsh {
  let first: Promise<SshAnswer> | null = null;
  return async (destination) => {
    first ??= ask(destination);
    const answer = await first.catch((error: unknown) => {
      first = null; // a correction applies at once
      throw error;
    });
    return optionsThatDiffer.some((name) => answer.options.has(name)) ? ask(destination) : answer;
  };
}

/**
 * The argument of `-F`; null: no `-F`, so that ssh reads its two default files. ssh ignores HOME and takes the home folder
 * from the user database: if HOME differs, only the file in HOME is read.
 */
async function fileArgument(config: true | string, { home }: Account): Promise<string | null> {
  if (config !== true) return config;
  if (resolve(home) === homeOfAccount()) return null;
  for (const file of [join(home, '.ssh/config'), SYSTEM_SSH_CONFIG]) if (await pathExists(file)) return file;
  return 'none';
}

function homeOfAccount(): string | null {
  try {
    return resolve(userInfo().homedir);
  } catch {
    // In a container, the user database may not contain the user id; then ssh fails.
    return null;
  }
}

function withoutClient(file: string, { problem, isMissing, stderr }: Awaited<ReturnType<typeof runProgram>>): Failure {
  const why = isMissing ? 'none is installed' : `"ssh -G" ${problem}${complaint(stderr)}`;
  const advice = 'install openssh-client, or set ssh.config: false';
  return new Failure('InvalidConfig', `${file} needs an ssh client, but ${why}; ${advice}`);
}

/** Removes the default key files only if all of them are defaults. */
function withoutDefaults(lines: readonly string[], defaults: readonly string[]): string[] {
  const keysOf = (all: readonly string[]): string[] => all.filter((line) => line.startsWith('identityfile '));
  const isDefault = new Set(defaults);
  const keys = keysOf(lines);
  const others = lines.filter((line) => !isDefault.has(line) && !keys.includes(line));
  return keys.join('\n') === keysOf(defaults).join('\n') ? others : [...keys, ...others];
}

function optionsOf(lines: readonly string[], destination: Destination, account: Account): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (const line of lines) {
    const [, written = '', value = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    const name = written.toLowerCase();
    if (name === '' || name === 'host' || value === defaultValue(name, destination, account)) continue;
    // File names may contain blanks: only a blank before `/` or `~` separates two of them.
    const values = FILE_LISTS.has(name) ? value.split(/ (?=[/~])/) : [value];
    options.set(name, [...(options.get(name) ?? []), ...values]);
  }
  return options;
}

/** The default of an option that depends on the arguments. */
function defaultValue(name: string, { host, port, user }: Destination, account: Account): string | null {
  if (name === 'hostname') return host.toLowerCase();
  if (name === 'port') return String(port ?? 22);
  return name === 'user' ? (user ?? account.user) : null;
}

function complaint(stderr: Buffer): string {
  const lines = stderr.toString().split('\n');
  const said = printable(lines.filter((line) => !/^(?:debug\d: |OpenSSH_|Pseudo-terminal )/.test(line)).join(' '), 500);
  return said === '' ? '' : `: ${said}`;
}
