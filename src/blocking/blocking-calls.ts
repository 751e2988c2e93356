import { spawn, type ChildProcess } from 'node:child_process';
import type { LookupAddress } from 'node:dns';

/** libuv uses at most half of its threads for name lookups. An unused thread costs a few KB. */
export const MAX_LOOKUPS = 64;
const THREADS = 2 * MAX_LOOKUPS;
const IDLE_MS = 20_000;

/** What each call takes and returns. */
interface Calls {
  lookup: [host: string, addresses: LookupAddress[]];
  touch: [file: string, nothing: undefined];
}

/**
 * The program of the child process. It ends with its parent, also while a call hangs: an orderly exit would wait for it.
 * It ignores signals of the terminal: its parent handles them.
 */
const LOOKUP_PROGRAM = `
process.title = 'fleetmark: waits for the system';
const { lookup } = require('node:dns');
const { open, stat } = require('node:fs/promises');
const calls = {
  lookup: (host) =>
    new Promise((resolve, reject) =>
      lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
    ),
  async touch(file) {
    if (!(await stat(file)).isFile()) return;
    const handle = await open(file);
    await handle.read(Buffer.alloc(1), 0, 1, 0).finally(() => handle.close());
  },
};
process.on('message', async ({ id, name, argument }) => {
  const answer = await calls[name](argument).then(
    (value) => ({ id, value }),
    ({ code, message }) => ({ id, error: { code, message } })
  );
  if (process.connected) process.send(answer);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
`;

interface Answer {
  id: number;
  value?: unknown;
  error?: { code?: string; message: string };
}

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * Runs system calls that can hang in a child process with many threads: this process has four, for all its files. Equal
 * calls at the same time are made once. A pending call does not keep this process alive; the caller sets its own timeout.
 */
export class BlockingCalls {
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  /** The addresses of a name, from the same sources as ssh: /etc/hosts, nsswitch.conf, DNS. */
  lookup(host: string): Promise<LookupAddress[]> {
    return this.#call('lookup', host);
  }

  /** Resolves or rejects once its file system has answered. */
  touch(file: string): Promise<void> {
    return this.#call('touch', file);
  }

  /** Ends the child process and rejects pending calls. The next call starts a new one. */
  end(): void {
    this.#child?.kill('SIGKILL');
    this.#forget('it was ended');
  }

  #forget(why: string): void {
    this.#child = null;
    for (const { reject } of this.#pending.values()) reject(new Error(why));
    this.#pending.clear();
  }

  #call<Name extends keyof Calls>(name: Name, argument: Calls[Name][0]): Promise<Calls[Name][1]> {
    const key = `${name} ${argument}`;
    const known = this.#underWay.get(key);
    if (known) return known as Promise<Calls[Name][1]>;
    const answer = new Promise<unknown>((resolve, reject) => {
      const id = ++this.#lastId;
      const child = this.#start();
      this.#pending.set(id, { resolve, reject });
      child.send({ id, name, argument }, (error) => error && this.#answer({ id, error }));
    });
    this.#underWay.set(key, answer);
    const forget = () => this.#underWay.delete(key);
    answer.then(forget, forget);
    return answer as Promise<Calls[Name][1]>;
  }

  #start(): ChildProcess {
    clearTimeout(this.#idle);
    if (this.#child) return this.#child;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, ['-e', LOOKUP_PROGRAM], {
      env: { ...env, UV_THREADPOOL_SIZE: String(THREADS) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer) => this.#answer(answer as Answer));
    child.unref();
    child.channel?.unref();
    const end = (why: string) => {
      if (this.#child === child) this.#forget(why);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(`the process that waits for the system ended (${signal ?? code})`));
    this.#child = child;
    return child;
  }

  #answer({ id, value, error }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error) pending?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else pending?.resolve(value);
    if (this.#pending.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end(), IDLE_MS).unref();
  }
}

/** Shared by the whole process. */
export const blockingCalls = new BlockingCalls();
