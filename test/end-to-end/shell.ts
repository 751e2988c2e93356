import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isPortFree } from '../../src/processes/ports.ts';
import { eventually, killWithThisProcess } from '../support/processes.ts';
import type { Ended } from './command-line.ts';

/** A typed command line, in its own process group. */
export interface Typed {
  pid: number;
  ended: Promise<Ended>;
  /** Resolves when stdout or stderr matches. @throws Error with the output if the command ends before */
  waitFor(pattern: RegExp): Promise<void>;
  /** Ctrl-C at a terminal: SIGINT for the whole process group. Resolves when all its processes have ended. */
  ctrlC(): Promise<Ended>;
}

/** @param through a program, with its arguments, that finally runs the shell */
export function type(command: string, cwd: string, env: NodeJS.ProcessEnv, through: readonly string[] = []): Typed {
  // After Ctrl-C the shell stays to report the exit code, as an interactive one does.
  const [program, ...args] = [...through, '/bin/sh', '-c', `trap : INT\n${command}`] as string[] as [
    string,
    ...string[],
  ];
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid!;
  killWithThisProcess(child, () => signalGroup(pid, 'SIGKILL'));
  const said: Ended = { exitCode: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => ({ ...said, exitCode: exitCode as number | null }));
  const output = (): string => `${said.stdout}${said.stderr}`;
  return {
    pid,
    ended,
    async waitFor(pattern) {
      const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
      const outcome = await eventually(
        () => (pattern.test(output()) ? 'said' : hasEnded() ? 'ended' : null),
        (value) => value !== null
      );
      if (outcome === 'ended' && !pattern.test(output())) throw new Error(`${command} ended: ${output()}`);
    },
    async ctrlC() {
      signalGroup(pid, 'SIGINT');
      return ended;
    },
  };
}

/**
 * Checks the default ports of Temporal and its Web UI, which some typed commands name.
 * @throws Error if another program uses them
 */
export async function requireUsualPorts(): Promise<void> {
  for (const port of [7233, 8233]) {
    if (!(await isPortFree(port))) {
      throw new Error(`Port ${port} of 127.0.0.1 is in use: end the Temporal that runs there, then test again.`);
    }
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // all of it has ended
  }
}
