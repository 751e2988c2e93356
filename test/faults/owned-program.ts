import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { killWithThisProcess } from '../support/processes.ts';

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
  killWithThisProcess(child);
  const ended = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return { pid: child.pid!, kill: (signal) => void child.kill(signal), hasEnded, ended };
}
