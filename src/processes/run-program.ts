import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

interface ProgramCall {
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  limitMs: number;
  /** Maximum size of its stdout, and of its stderr. */
  maxBytes: number;
  /** Of more output than that, keep the end; default: kill the program. */
  keepsEnd?: boolean;
  /** Default: nothing. */
  stdin?: string;
  /** Kills the program. */
  signal?: AbortSignal;
  /** Its process group ends with it, and with this process, `kill -9` included. */
  isWatched?: boolean;
}

interface ProgramResult {
  /** A phrase after its name: `failed with status 3`. Null: it ended with status 0. */
  problem: string | null;
  /** Null: it did not end by itself, or was not started. */
  status: number | null;
  /** The program does not exist. */
  isMissing: boolean;
  stdout: Buffer;
  stderr: Buffer;
}

/** A process that the program left running may keep its output open: then it ends after this long without output. */
const QUIET_MS = 500;

/**
 * Becomes the program. Before that, it leaves a watcher in the process group, which is not a child of the program: when the
 * pipe from this process closes, it kills the group.
 */
const WATCHED_PROGRAM = `
( { trap '' HUP INT TERM; read -r end <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

const running = new Set<number>();
process.on('exit', () => running.forEach((leader) => killGroup(leader)));

/**
 * Runs a program to its end, without a terminal. It leads a process group, which is killed at the time limit, if it writes
 * too much, and when this process exits. Never rejects. The output is the only copy, so that the caller can erase a secret
 * in it.
 */
export async function runProgram(call: ProgramCall): Promise<ProgramResult> {
  const { limitMs, stdin = '', signal, isWatched = false } = call;
  const child = start(call);
  child.stdin.on('error', () => undefined); // the program does not read it
  child.stdin.end(stdin);
  return new Promise((resolve) => {
    const end = (problem: string | null, status: number | null = null, isMissing = false): void => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', cancel);
      if (child.pid !== undefined) {
        running.delete(child.pid);
        if (isWatched) killGroup(child.pid);
      }
      for (const stream of child.stdio) stream?.destroy();
      resolve({ problem, status, isMissing, ...output.taken() });
    };
    const kill = (problem: string): void => {
      if (child.pid !== undefined) killGroup(child.pid);
      end(problem);
    };
    const cancel = (): void => kill('was cancelled');
    const output = collectOutput(child, call, kill);
    const limit = setTimeout(() => kill(`did not end within ${limitMs / 1000} s`), limitMs);
    child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      end(`cannot be run (${code ?? message})`, null, code === 'ENOENT')
    );
    if (child.pid === undefined) return;
    running.add(child.pid);
    if (signal?.aborted) return cancel();
    signal?.addEventListener('abort', cancel);
    child.once('exit', (status, by) => {
      const problem = status === 0 ? null : by === null ? `failed with status ${status}` : `was killed by ${by}`;
      if (isWatched) killGroup(child.pid!); // else the watcher would keep a pipe open
      child.once('close', () => end(problem, status));
      output.whenQuiet(() => end(problem, status));
    });
  });
}

function start({ program, args, env, cwd, isWatched = false }: ProgramCall): ChildProcessWithoutNullStreams {
  const options = { env, cwd, detached: true } as const;
  if (!isWatched) return spawn(program, args, { ...options, stdio: 'pipe' });
  const line = ['-c', WATCHED_PROGRAM, 'fleetmark', program, ...args];
  const child = spawn('/bin/sh', line, { ...options, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  child.stdio[3]!.on('error', () => undefined);
  return child;
}

interface Output {
  /** The only copy of what it wrote. */
  taken(): { stdout: Buffer; stderr: Buffer };
  /** Calls back when nothing was written for a while. */
  whenQuiet(quiet: () => void): void;
}

function collectOutput(
  child: ChildProcessWithoutNullStreams,
  { maxBytes, keepsEnd = false }: Pick<ProgramCall, 'maxBytes' | 'keepsEnd'>,
  kill: (problem: string) => void
): Output {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sizes = { stdout: 0, stderr: 0 };
  let all = 0;
  for (const name of ['stdout', 'stderr'] as const) {
    const own = chunks[name];
    child[name].on('data', (chunk: Buffer) => {
      own.push(chunk);
      sizes[name] += chunk.length;
      all += chunk.length;
      while (keepsEnd && sizes[name] - own[0]!.length >= maxBytes) sizes[name] -= own.shift()!.length;
      if (!keepsEnd && sizes[name] > maxBytes) kill(`wrote more than ${shownSize(maxBytes)}`);
    });
  }
  const whenQuiet = (quiet: () => void, size = -1): void => {
    const now = all;
    if (now === size) return quiet();
    // One turn of the event loop reads the output that arrived while this process was busy.
    setTimeout(() => setImmediate(whenQuiet, quiet, now), QUIET_MS).unref();
  };
  return { taken: () => ({ stdout: onlyCopy(chunks.stdout), stderr: onlyCopy(chunks.stderr) }), whenQuiet };
}

/** Kills a process group. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // it has ended
  }
}

function onlyCopy(chunks: Buffer[]): Buffer {
  const whole = Buffer.concat(chunks);
  for (const chunk of chunks.splice(0)) chunk.fill(0);
  return whole;
}

function shownSize(bytes: number): string {
  return bytes < 1024 ** 2 ? `${bytes / 1024} KiB` : `${bytes / 1024 ** 2} MiB`;
}
