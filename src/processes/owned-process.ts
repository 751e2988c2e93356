import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { killGroup } from './run-program.ts';
import { identify, type ProcessIdentity } from './running-process.ts';

/**
 * Runs between us and the program, in a session and process group of its own, with a pipe from us (the lifeline) as
 * its standard input. The end of that pipe, which comes however we end, is the order to stop: TERM, later KILL.
 * Before it goes it kills whatever the program started, found by a mark in the environment: that reaches even what
 * left the process group. It looks twice, since a process that just starts a program shows no environment.
 * What the program writes is for its owner only. `kill 0` ends its own watcher.
 */
const SUPERVISOR_PROGRAM = `
mark=$1 grace=$2
umask 077
shift 2
exec 3<&0 </dev/null
read -r go <&3 || exit 0
env "$mark=1" "$@" <&3 3<&- &
program=$!
(
  read -r end <&3
  kill -TERM "$program"
  sleep "$grace"
  kill -KILL "$program"
) >/dev/null 2>&1 &
exec 3<&-
wait "$program"
status=$?
rounds=0 quiet=0
while [ "$quiet" -lt 2 ] && [ "$rounds" -lt 200 ]; do
  rounds=$((rounds + 1)) quiet=$((quiet + 1))
  marked=$(grep -lF "$mark=1" /proc/[0-9]*/environ 2>/dev/null)
  for environ in $marked; do
    quiet=0 pid=\${environ#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null
  done
  [ "$quiet" -ne 1 ] || sleep 0.1 2>/dev/null || sleep 1
done
trap '' TERM
kill -TERM 0
exit "$status"
`;

export interface OwnedProcessOptions {
  program: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  stdout: 'pipe' | 'ignore' | number;
  stderr: 'ignore' | number;
  /** How long it may take to end by itself. */
  graceSeconds?: number;
  /** Called before the program runs, with the leader of its process group. */
  beforeStart?: (supervisor: ProcessIdentity) => Promise<void>;
}

export interface OwnedProcess {
  /** Its output, where that is a pipe. */
  stdout: Readable | null;
  /** The exit status as a shell tells it: 127 = no such program, 128 + n = ended by signal n. */
  exited: Promise<number>;
  /** TERM, and KILL after the grace. What it started is gone, too, when this resolves. */
  stop: () => Promise<number>;
}

/**
 * Starts a program that ends when we end, `kill -9` included. Its standard input is the lifeline: it ends when the
 * program should.
 */
export async function spawnOwned(options: OwnedProcessOptions): Promise<OwnedProcess> {
  const mark = `FLEETMARK_OWNED_${randomBytes(12).toString('hex')}`;
  const grace = String(options.graceSeconds ?? 5);
  const child: ChildProcess = spawn(
    '/bin/sh',
    ['-c', SUPERVISOR_PROGRAM, 'fleetmark', mark, grace, options.program, ...options.args],
    { cwd: options.cwd, env: options.env, detached: true, stdio: ['pipe', options.stdout, options.stderr] }
  );
  child.on('error', () => undefined);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) killGroup(child.pid); // the supervisor itself was killed
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    });
  });
  await once(child, 'spawn');
  const lifeline = child.stdin!;
  lifeline.on('error', () => undefined); // it ended first
  try {
    await options.beforeStart?.(identify(child.pid!));
  } catch (error) {
    lifeline.destroy();
    throw error;
  }
  lifeline.write('go\n');
  return {
    stdout: child.stdout,
    exited,
    stop: () => {
      lifeline.end();
      return exited;
    },
  };
}
