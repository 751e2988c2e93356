import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** A program that ends with this process. */
export interface OwnedProgram {
  pid: number;
  kill(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
  ended: Promise<unknown>;
}

/** @param logFile receives its output */
export function startProgram(
  [program, ...args]: readonly [string, ...string[]],
  where: { cwd: string; env: NodeJS.ProcessEnv; logFile: string }
): OwnedProgram {
  const log = openSync(where.logFile, 'a');
  const child: ChildProcess = spawn(program, args, { cwd: where.cwd, env: where.env, stdio: ['ignore', log, log] });
  closeSync(log);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').finally(() => process.off('exit', kill));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return { pid: child.pid!, kill: (signal) => void child.kill(signal), hasEnded, ended };
}

/** The environment of a user without Temporal, ssh-agent and settings. */
export function bareEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|FLEETMARK_|XDG_|SSH_)/.test(name));
  return { ...Object.fromEntries(others), ...more };
}
