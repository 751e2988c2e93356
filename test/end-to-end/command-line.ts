import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtBin, builtProgram } from '../support/built-program.ts';
import { eventually, killWithThisProcess } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { bareEnvironment } from '../support/environment.ts';

const root = join(import.meta.dirname, '..', '..');

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A running command line. */
export interface Running {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves with the match as soon as standard error matches. @throws Error if the program ends before */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

/**
 * Starts the compiled `fleetmark` in a new process, as a user does.
 * @param folder contains its home and state folders; Temporal settings of the test run are ignored
 * @param more additional environment variables
 * @param input its standard input
 */
export function startFleetmark(
  folder: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
  input = ''
): Running {
  const env = { ...environmentIn(folder), ...more };
  return start(process.execPath, [builtProgram('client'), ...args], { cwd: folder, env, input });
}

/** Variables for a command line whose home and state are in this folder. */
export function environmentIn(folder: string): NodeJS.ProcessEnv {
  return bareEnvironment({
    PATH: `${builtBin()}:${process.env['PATH']}`,
    HOME: join(folder, 'home'),
    FLEETMARK_STATE: join(folder, 'state'),
    FLEETMARK_CONFIG: join(folder, 'fleetmark.yaml'),
    ...(temporalCli === null ? {} : { TEMPORAL_CLI: temporalCli }),
  });
}

/** Runs the Temporal CLI against a server. */
export async function temporal(address: string, ...args: string[]): Promise<Ended> {
  return start(temporalCli!, [...args, '--address', address], { cwd: root, env: process.env }).ended;
}

function start(
  program: string,
  args: string[],
  where: { cwd: string; env: NodeJS.ProcessEnv; input?: string }
): Running {
  const { input = '', ...how } = where;
  const child = spawn(program, args, { ...how, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(input);
  killWithThisProcess(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  const waitFor = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const found = await eventually(
      () => pattern.exec(stderr) ?? (child.exitCode === null ? null : new Error(`it ended: ${stderr}`)),
      (value) => value !== null
    ).catch(() => {
      throw new Error(`it never said ${String(pattern)}: ${stderr}`);
    });
    if (found instanceof Error) throw found;
    return found!;
  };
  return { process: child, ended, waitFor };
}
