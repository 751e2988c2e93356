import { spawn } from 'node:child_process';

interface ProgramCall {
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  limitMs: number;
  /** Maximum size of its stdout, and of its stderr. */
  maxBytes: number;
}

interface ProgramResult {
  /** A phrase after its name: `failed with status 3`. Null: it ended with status 0. */
  problem: string | null;
  /** The program does not exist. */
  isMissing: boolean;
  stdout: Buffer;
  stderr: Buffer;
}

/** A process that the program left running may keep its output open: then it ends after this long without output. */
const QUIET_MS = 500;

const running = new Set<number>();
process.on('exit', () => running.forEach((leader) => killGroup(leader)));

/**
 * Runs a program to its end, with an empty stdin and without a terminal. It leads a process group, which is killed at the
 * time limit, if it writes too much, and when this process exits. Never rejects. The output is the only copy, so that the
 * caller can erase a secret in it.
 */
export async function runProgram({ program, args, limitMs, maxBytes, ...where }: ProgramCall): Promise<ProgramResult> {
  const child = spawn(program, args, { ...where, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sizes = { stdout: 0, stderr: 0 };
  return new Promise((resolve) => {
    const end = (problem: string | null, isMissing = false): void => {
      clearTimeout(limit);
      if (child.pid !== undefined) running.delete(child.pid);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve({ problem, isMissing, stdout: onlyCopy(chunks.stdout), stderr: onlyCopy(chunks.stderr) });
    };
    const kill = (problem: string): void => {
      if (child.pid !== undefined) killGroup(child.pid);
      end(problem);
    };
    const limit = setTimeout(() => kill(`did not end within ${limitMs / 1000} s`), limitMs);
    child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      end(`cannot be run (${code ?? message})`, code === 'ENOENT')
    );
    if (child.pid === undefined) return;
    running.add(child.pid);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        chunks[name].push(chunk);
        sizes[name] += chunk.length;
        if (sizes[name] > maxBytes) kill(`wrote more than ${shownSize(maxBytes)}`);
      });
    }
    child.once('exit', (status, signal) => {
      const problem =
        status === 0 ? null : signal === null ? `failed with status ${status}` : `was killed by ${signal}`;
      child.once('close', () => end(problem));
      const endWhenQuiet = (size: number): void => {
        const now = sizes.stdout + sizes.stderr;
        if (now === size) return end(problem);
        // One turn of the event loop reads the output that arrived while this process was busy.
        setTimeout(() => setImmediate(endWhenQuiet, now), QUIET_MS).unref();
      };
      endWhenQuiet(-1);
    });
  });
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
