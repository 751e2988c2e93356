import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { sshConfigThatSays, SYSTEM_SSH_CONFIG } from '../config/ssh-config-file.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import { runProgram } from '../processes/run-program.ts';
import type { Account } from '../source/surroundings.ts';
import { isThere } from '../source/text-file.ts';
import { followedOptions, refusedOptions } from './ssh-options.ts';
import type { AskedHost, SshAnswer } from './ssh-options.ts';

/** A `Match exec` in a configuration may take its time. */
const DEFAULT_LIMIT_MS = 20_000;
const MAX_BYTES = 1024 * 1024;
const MAX_CLIENTS_AT_ONCE = 8;

/** @throws Failure InvalidConfig with what ssh says */
export type AskSsh = (asked: AskedHost) => Promise<SshAnswer>;

/** Values that are lists of files with blanks between them. */
const FILE_LISTS: ReadonlySet<string> = new Set(['userknownhostsfile', 'globalknownhostsfile']);

/**
 * What the ssh client of this machine would do, by `ssh -G`: with `Include`, `Match`, tokens and all else that it knows.
 * Without a client, or with one before OpenSSH 6.8, a configuration that says nothing of servers needs none.
 * @param config as `ssh.config` of `fleetmark.yaml`, with the path resolved
 * @throws Failure InvalidConfig without a client where a configuration says something
 */
export async function findSsh(config: true | string, account: Account, limitMs = DEFAULT_LIMIT_MS): Promise<AskSsh> {
  const env = { ...account.env, LC_ALL: 'C' };
  const oneOfFew = pLimit(MAX_CLIENTS_AT_ONCE);
  const run = async (...args: string[]) =>
    oneOfFew(async () => runProgram({ program: 'ssh', args, env, limitMs, maxBytes: MAX_BYTES }));
  const file = await fileToName(config, account);
  const defaults = await run('-v', '-G', '-F', 'none', '--', 'localhost');
  if (defaults.problem !== null) {
    const counts = await sshConfigThatSays(config, account.home, [...followedOptions, ...refusedOptions.keys()]);
    if (counts !== null) throw withoutClient(counts, defaults);
    const nothing = { options: new Map<string, string[]>(), from: '', files: usualFiles(file, account) };
    return () => Promise.resolve(nothing);
  }
  const defaultLines = defaults.stdout.toString().split('\n');
  return async (asked) => {
    const { host, port, user } = asked;
    const named = file === null ? [] : ['-F', file];
    const shown = ['ssh', '-G', ...named, host].join(' ');
    const login = [...(port === null ? [] : ['-p', String(port)]), ...(user === null ? [] : ['-l', user])];
    const { problem, stdout, stderr } = await run('-v', '-G', ...named, ...login, '--', host);
    if (problem !== null) throw new Failure('InvalidConfig', `"${shown}" ${problem}${complaint(stderr)}`);
    const lines = withoutDefaults(stdout.toString().split('\n'), defaultLines);
    const read = [...stderr.toString().matchAll(/^debug1: Reading configuration data (.+?)\r?$/gm)].map(
      ([, to]) => to!
    );
    return {
      options: optionsOf(lines, asked, account),
      from: `the configuration of ssh ("${shown}" shows it)`,
      // With their folders, where a file may appear that an `Include` means.
      files: [...new Set([...usualFiles(file, account), ...read, ...read.map((path) => dirname(path))])],
    };
  };
}

/**
 * What `-F` names; null: nothing, so that ssh reads its own two files. It looks for those of the user in the home that
 * the system's list of accounts has: with another `HOME`, the file there counts alone, as for `ssh -F`.
 */
async function fileToName(config: true | string, { home }: Account): Promise<string | null> {
  if (config !== true) return config;
  if (resolve(home) === homeOfAccount()) return null;
  for (const file of [join(home, '.ssh/config'), SYSTEM_SSH_CONFIG]) if (await isThere(file)) return file;
  return 'none';
}

function homeOfAccount(): string | null {
  try {
    return resolve(userInfo().homedir);
  } catch {
    // The user id of a container need not be in its list of accounts; then ssh answers nothing.
    return null;
  }
}

function withoutClient(file: string, { problem, isMissing, stderr }: Awaited<ReturnType<typeof runProgram>>): Failure {
  const why = isMissing ? 'there is no ssh client here' : `"ssh -G" ${problem}${complaint(stderr)}`;
  const advice = 'install openssh-client, or set ssh.config: false';
  return new Failure('InvalidConfig', `${file} cannot be followed: ${why}; ${advice}`);
}

function usualFiles(file: string | null, { home }: Account): string[] {
  return [
    ...(file === null || file === 'none' ? [] : [file]),
    join(home, '.ssh/config'),
    SYSTEM_SSH_CONFIG,
    `${SYSTEM_SSH_CONFIG}.d`,
  ];
}

/** Key files are a default only all together. */
function withoutDefaults(lines: readonly string[], defaults: readonly string[]): string[] {
  const keysOf = (all: readonly string[]): string[] => all.filter((line) => line.startsWith('identityfile '));
  const isDefault = new Set(defaults);
  const keys = keysOf(lines);
  const others = lines.filter((line) => !isDefault.has(line) && !keys.includes(line));
  return keys.join('\n') === keysOf(defaults).join('\n') ? others : [...keys, ...others];
}

function optionsOf(lines: readonly string[], asked: AskedHost, account: Account): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (const line of lines) {
    const [, written = '', value = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    const name = written.toLowerCase();
    if (name === '' || name === 'host' || value === defaultValue(name, asked, account)) continue;
    // In a list of files a blank begins another one where a path follows it: a name may have blanks.
    const values = FILE_LISTS.has(name) ? value.split(/ (?=[/~])/) : [value];
    options.set(name, [...(options.get(name) ?? []), ...values]);
  }
  return options;
}

/** What ssh says where it is told nothing. */
function defaultValue(name: string, { host, port, user }: AskedHost, account: Account): string | null {
  if (name === 'hostname') return host.toLowerCase();
  if (name === 'port') return String(port ?? 22);
  return name === 'user' ? (user ?? account.user) : null;
}

function complaint(stderr: Buffer): string {
  const lines = stderr.toString().split('\n');
  const said = printable(lines.filter((line) => !/^(?:debug\d: |OpenSSH_|Pseudo-terminal )/.test(line)).join(' '), 500);
  return said === '' ? '' : `: ${said}`;
}
