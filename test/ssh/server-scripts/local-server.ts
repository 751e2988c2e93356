import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { AnswerReader, type Answer } from '../../../src/ssh/jobs/answer-reader.ts';
import { serverScript, type ScriptValues } from '../../../src/ssh/server-scripts/server-script.ts';
import { processesWithEnvironment } from '../../support/processes.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const shells: Record<string, string> = {
  dash: '/bin/dash',
  bash: '/bin/bash',
  'busybox ash': '/bin/busybox',
};

const SETPRIV = '/usr/bin/setpriv';

/** Whether a server of another user, whose `sudo` works, can be had here. */
export function hasSudo(): boolean {
  return process.getuid?.() === 0 && existsSync(SETPRIV);
}

/** The reason why a shell cannot be tested here; if `CI` is `true`, a missing shell is a failure. */
export function skipsShell(name: string): boolean {
  return !existsSync(shells[name]!) && process.env['CI'] !== 'true';
}

/**
 * This machine as the server, without SSH. The scripts run in the given shell, which replaces `/bin/sh`, and in separate
 * folders, which replace `/var/tmp`, `/tmp` and HOME.
 */
export class LocalServer {
  readonly dir: string;
  readonly varTmp: string;
  readonly home: string;
  readonly bin: string;
  readonly environment: Record<string, string>;
  base = '';
  /** Who logs in; undefined: the user of the tests. */
  readonly #uid: number | undefined;

  /**
   * With `same`: the same server as another run sees it; that run may choose another folder for its jobs. With `uid`, which
   * only root can set: another user logs in.
   */
  constructor(shell = 'dash', same: LocalServer | null = null, uid?: number) {
    this.#uid = uid;
    this.dir = same?.dir ?? temporaryFolder('jobs');
    this.varTmp = path.join(this.dir, 'var-tmp');
    this.home = path.join(this.dir, 'home');
    this.bin = path.join(this.dir, 'bin');
    this.environment = { HOME: this.home, PATH: shell.startsWith('busybox') ? this.bin : `${this.bin}:/usr/bin:/bin` };
    if (same !== null) return;
    for (const folder of [this.varTmp, this.home, this.bin]) mkdirSync(folder, { mode: 0o700 });
    if (uid !== undefined) for (const folder of [this.dir, this.varTmp, this.home]) chownSync(folder, uid, uid);
    if (uid !== undefined) chmodSync(this.bin, 0o755);
    symlinkSync(shells[shell]!, path.join(this.bin, 'sh')); // under this name, bash is a POSIX shell
    if (shell.startsWith('busybox')) spawnSync('/bin/busybox', ['--install', '-s', this.bin]);
  }

  script<V extends keyof ScriptValues>(name: V, values: ScriptValues[V], nonce: string): string {
    return serverScript(name, values, nonce)
      .replaceAll('/bin/sh', path.join(this.bin, 'sh'))
      .replaceAll('/var/tmp', this.varTmp)
      .replaceAll('"${TMPDIR:-}" /tmp', '"${TMPDIR:-}"')
      .replaceAll(/^PATH=\$PATH:.*$/gm, '');
  }

  async ask<V extends keyof ScriptValues>(
    name: V,
    values: ScriptValues[V]
  ): Promise<Answer & { fields: Record<string, string> }> {
    const nonce = 'f'.repeat(32);
    const reader = new AnswerReader(nonce, 1 << 30);
    const complaint = await this.run(this.script(name, values, nonce), (chunk) => reader.push(chunk));
    const { answer } = reader;
    if (answer === null) throw new Error(`no answer to ${name}: ${reader.noise}${complaint}`);
    return { ...answer, fields: Object.fromEntries(answer.values) };
  }

  /** Runs a script as `sh -s` does, and returns its error output. */
  run(script: string, onData: (chunk: Buffer) => void = () => {}): Promise<string> {
    const child = spawn(path.join(this.bin, 'sh'), ['-s'], {
      ...{ env: this.environment, cwd: this.dir },
      ...(this.#uid !== undefined && { uid: this.#uid, gid: this.#uid }),
    });
    let complaint = '';
    child.stdout.on('data', onData);
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdin.on('error', () => {});
    child.stdin.end(script);
    return new Promise((resolve) => child.on('close', () => resolve(complaint)));
  }

  async probe(base = '', TRACES: 'folder' | 'none' = 'folder', NEED = 100): Promise<Record<string, string>> {
    const { fields, out } = await this.ask('probe', { BASE: base, TRACES, NEED });
    this.base = fields['base'] ?? '';
    return fields['error'] === 'nobase' ? { error: 'nobase', tried: out.toString() } : fields;
  }

  start(job: string, command: string, more: Partial<ScriptValues['start']> = {}) {
    const values = { COMMAND: command, MAXIMUM: 60, GRACE: 1, LIMIT: 1 << 20, TAIL: 1 << 16, PARTS: 0, NEED: 100 };
    return this.ask('start', { ...this.#poll(job), ...values, WAIT: 0, ...more });
  }

  poll(job: string, more: Partial<ScriptValues['poll']> = {}) {
    return this.ask('poll', { ...this.#poll(job), ...more });
  }

  cancel(job: string, grace = 1) {
    return this.ask('cancel', { BASE: this.base, JOB: job, GRACE: grace });
  }

  clean(prefix: string, guard = '') {
    return this.ask('clean', { BASE: this.base, PREFIX: prefix, GUARD: guard });
  }

  hold(GUARD: string, RUN: string, MODE: ScriptValues['hold']['MODE'] = 'take', OVER = '') {
    return this.ask('hold', { BASE: this.base, GUARD, RUN, HOLDER: `holder of ${RUN}`, OVER, MODE, GRACE: 1 });
  }

  /** A command that becomes root and clears its environment, as `sudo` does. Only for a server of another user than root. */
  sudo(): string {
    const copy = path.join(this.bin, 'setuid-root');
    if (!existsSync(copy)) copyFileSync(SETPRIV, copy);
    chmodSync(copy, 0o4755);
    return `${copy} --reuid=0 --regid=0 --clear-groups /usr/bin/env -i`;
  }

  path(...names: string[]): string {
    return path.join(this.base, ...names);
  }

  /** The folders for temporary files of all jobs. */
  temporaryFolders(): string[] {
    return readdirSync(this.base).filter((name) => /^\.t\d/.test(name));
  }

  /** The jobs of this prefix that have a folder. */
  jobs(family = ''): string[] {
    return readdirSync(this.base).filter((name) => !name.startsWith('.') && name.startsWith(family));
  }

  /** Ends the jobs that still run: they do not outlive their folder. */
  remove(): void {
    removeFolder(this.dir);
  }

  #poll(job: string): ScriptValues['poll'] {
    return {
      BASE: this.base,
      JOB: job,
      GUARD: '',
      RUN: job.split('.', 1)[0]!,
      WAIT: 20,
      LENGTH: 1 << 20,
    };
  }
}

/** Processes with a job in their environment: its runner, its command, and everything that those started. */
export function processesOf(job: string): number[] {
  return processesWithEnvironment(`FLEETMARK_RUNNER=${job};`);
}
