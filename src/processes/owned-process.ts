import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { killGroup } from './run-program.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

/**
 * The parent of the program, in its own session and process group. Its standard input is a pipe from this process (the
 * lifeline). When the pipe closes, however this process ends, the program gets TERM, later KILL. Then all processes that it
 * started are killed, found by a mark in their environment, even outside the process group. It looks until two looks in a
 * row find none. A process that is starting a program counts: it has no environment yet, and no command line, but a file
 * that it runs. Files are private to this user. `kill 0` ends the watcher in the subshell.
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
while [ "$quiet" -lt 2 ] && [ "$rounds" -lt 50 ]; do
  rounds=$((rounds + 1)) quiet=$((quiet + 1))
  marked=$(grep -lF "$mark=1" /proc/[0-9]*/environ 2>/dev/null)
  for environ in $marked; do
    quiet=0 pid=\${environ#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null
  done
  for cmdline in $(grep -Ls '' /proc/[0-9]*/cmdline); do
    [ ! -e "\${cmdline%cmdline}exe" ] || quiet=0
  done
  [ "$quiet" -eq 2 ] || sleep 0.1 2>/dev/null || sleep 1
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
  /** Time between TERM and KILL. */
  graceSeconds?: number;
  /** Called before the program runs, with the leader of its process group. */
  beforeStart?: (supervisor: ProcessIdentity) => Promise<void>;
}

export interface OwnedProcess {
  /** Null unless `stdout` is `pipe`. */
  stdout: Readable | null;
  /** The exit status as in a shell: 127 = no such program, 128 + n = ended by signal n. */
  exited: Promise<number>;
  /** TERM, and KILL after the grace. Resolves when all processes that it started are gone, too. */
  stop: () => Promise<number>;
}

/**
 * Starts a program that ends with this process, `kill -9` included. Its standard input is the lifeline: it closes when the
 * program must end.
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
