import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isPortFree } from '../../src/processes/ports.ts';
import { eventually } from '../support/processes.ts';
import type { Ended } from './command-line.ts';

/** A command line as somebody types it, in a process group of its own. */
export interface Typed {
  pid: number;
  ended: Promise<Ended>;
  /** Resolves once either stream holds the pattern. @throws Error with what it said if it ends before */
  says(pattern: RegExp): Promise<void>;
  /** What a terminal does at Ctrl-C: SIGINT for the whole group. Resolves when all of it has ended. */
  ctrlC(): Promise<Ended>;
}

/** @param through a program, with its arguments, that runs the shell as its last deed */
export function type(command: string, cwd: string, env: NodeJS.ProcessEnv, through: readonly string[] = []): Typed {
  // The shell itself stays for the exit code when Ctrl-C ends the command, as one at a terminal does.
  const [program, ...args] = [...through, '/bin/sh', '-c', `trap : INT\n${command}`] as string[] as [
    string,
    ...string[],
  ];
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid!;
  const kill = (): void => signalGroup(pid, 'SIGKILL');
  process.once('exit', kill);
  const said: Ended = { exitCode: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => {
    process.off('exit', kill);
    return { ...said, exitCode: exitCode as number | null };
  });
  const whatItSaid = (): string => `${said.stdout}${said.stderr}`;
  return {
    pid,
    ended,
    async says(pattern) {
      const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
      const told = await eventually(
        () => (pattern.test(whatItSaid()) ? 'said' : hasEnded() ? 'ended' : null),
        (value) => value !== null
      );
      if (told === 'ended' && !pattern.test(whatItSaid())) throw new Error(`${command} ended: ${whatItSaid()}`);
    },
    async ctrlC() {
      signalGroup(pid, 'SIGINT');
      return ended;
    },
  };
}

/** The environment of a person with nothing set up: without the test run around it, and without a Temporal. */
export function bareEnvironment(variables: Record<string, string>): NodeJS.ProcessEnv {
  const outer = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|FLEETMARK_|XDG_|SSH_|VITEST|npm_|NODE_ENV$|NODE_OPTIONS$|CI$)/i.test(name)
  );
  return { ...Object.fromEntries(outer), NO_COLOR: '1', ...variables };
}

/**
 * The usual ports of Temporal and its Web UI, which commands name that a person types.
 * @throws Error if somebody else has them
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
