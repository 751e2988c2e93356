import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { Account } from '../source/surroundings.ts';
import type { AskedHost, FoundOptions, SshOption } from './options.ts';
import { fileLists } from './options.ts';

/** `Match exec` in a configuration may take its time. */
const usualLimitMs = 20_000;
const mostBytes = 1024 * 1024;

/** Asks the ssh client of this machine. */
export type AskSsh = (asked: AskedHost) => Promise<FoundOptions>;

/**
 * What ssh would do, by `ssh -G`: with `Include`, `Match`, tokens and all else that it knows.
 * @param file null: the files that ssh reads by itself
 * @returns null where there is no such client, or one that cannot tell (before OpenSSH 6.8)
 */
export async function findSsh(file: string | null, account: Account, limitMs = usualLimitMs): Promise<AskSsh | null> {
  const run = async (...args: string[]) => runSsh(args, account.env, limitMs);
  const usual = await run('-G', '-F', 'none', '--', 'localhost').catch(() => null);
  if (usual === null || usual.code !== 0) return null;
  const unsaid = new Set(usual.stdout.split('\n'));
  const usualKeys = usual.stdout.match(/^identityfile .*$/gm)?.join('\n');

  return async (asked) => {
    const { host, port, user } = asked;
    const named = file === null ? [] : ['-F', file];
    const shown = ['ssh', '-G', ...named, host].join(' ');
    const placed = [...(port === null ? [] : ['-p', String(port)]), ...(user === null ? [] : ['-l', user])];
    const answer = await run('-v', '-G', ...named, ...placed, '--', host).catch((error: unknown) => {
      throw new Failure(
        'InvalidConfig',
        `"${shown}" gave no answer: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error }
      );
    });
    if (answer.code !== 0) throw new Failure('InvalidConfig', `"${shown}" failed: ${complaint(answer.stderr)}`);
    const lines = answer.stdout.split('\n');
    const from = `the configuration of ssh ("${shown}" shows it)`;
    const isUsualKeys = lines.filter((line) => line.startsWith('identityfile ')).join('\n') === usualKeys;
    const said = lines.filter((line) => !unsaid.has(line) || (line.startsWith('identityfile ') && !isUsualKeys));
    return { options: optionsOf(said, asked, account, from), files: filesOf(answer.stderr, file, account) };
  };
}

function optionsOf(lines: readonly string[], asked: AskedHost, account: Account, from: string) {
  const options = new Map<string, SshOption[]>();
  for (const line of lines) {
    const [, written = '', value = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    const name = written.toLowerCase();
    if (name === '' || name === 'host' || value === usualValue(name, asked, account)) continue;
    const values = fileLists.has(name) ? filesIn(value) : [value];
    options.set(name, [...(options.get(name) ?? []), ...values.map((each) => ({ value: each, from }))]);
  }
  return options;
}

/** ssh writes them with blanks between them, also where a name has one: what follows it begins a file if it is a path. */
function filesIn(value: string): string[] {
  return value.split(/ (?=[/~])/);
}

/** What ssh says where it is told nothing. */
function usualValue(name: string, { host, port, user }: AskedHost, account: Account): string | null {
  if (name === 'hostname') return host.toLowerCase();
  if (name === 'port') return String(port ?? 22);
  return name === 'user' ? (user ?? account.user) : null;
}

/** With their folders, where files may be added that an `Include` means. */
function filesOf(stderr: string, file: string | null, { home }: Account): string[] {
  const read = [...stderr.matchAll(/^debug1: Reading configuration data (.+?)\r?$/gm)].map(([, path]) => path!);
  const usual = file === null ? [join(home, '.ssh/config'), '/etc/ssh/ssh_config', '/etc/ssh/ssh_config.d'] : [file];
  return [...new Set([...usual, ...read, ...read.map((path) => dirname(path))])];
}

function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^(?:debug\d: |OpenSSH_|Pseudo-terminal )/.test(line));
  return printable(lines.join(' '), 500);
}

/** Without a shell. Whatever it has started ends with it: a process group of its own. */
async function runSsh(
  args: string[],
  env: Account['env'],
  limitMs: number
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const ssh = spawn('ssh', args, {
      env: { ...env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output = { stdout: '', stderr: '' };
    const end = (reason: string): void => {
      clearTimeout(timer);
      if (ssh.pid !== undefined) killGroup(ssh.pid);
      reject(new Error(reason));
    };
    const timer = setTimeout(() => end(`it was not done after ${limitMs / 1000} s`), limitMs);
    for (const name of ['stdout', 'stderr'] as const) {
      ssh[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > mostBytes) end('it wrote more than 1 MiB');
      });
    }
    ssh.once('error', (error) => end(error.message));
    ssh.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
