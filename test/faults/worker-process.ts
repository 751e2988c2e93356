import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtProgram } from '../support/built-program.ts';
import { withMounts } from '../support/own-mounts.ts';
import { eventually } from '../support/processes.ts';
import { startProgram, type OwnedProgram } from './owned-program.ts';
import { bareEnvironment } from '../support/environment.ts';

const clock = pathToFileURL(join(import.meta.dirname, 'jumping-clock.mjs')).href;
/** Loading the SDK takes a second of CPU time, which parallel rounds may need. */
const READY_LIMIT_MS = 240_000;
let counter = 0;

/** A worker, started as an operator does. */
export interface WorkerProcess extends OwnedProgram {
  jumpClock(ms: number): void;
}

/** Resolves when it polls for tasks. */
export async function startWorkerProcess(folder: string, address: string, mounts?: string): Promise<WorkerProcess> {
  const name = join(folder, `worker-${++counter}`);
  const logFile = `${name}.log`;
  const own = { HOME: folder, TEMPORAL_ADDRESS: address, FAULTS_CLOCK: `${name}.clock` };
  const worker = [process.execPath, '--import', clock, builtProgram('worker')] as const;
  const program = startProgram(mounts === undefined ? worker : withMounts(mounts, worker), {
    cwd: folder,
    env: bareEnvironment({ ...own, FLEETMARK_CONFIG: join(folder, 'fleetmark.yaml') }),
    logFile,
  });
  await eventually(
    () => program.hasEnded() || readFileSync(logFile, 'utf8').includes('Worker of '),
    (ready) => ready,
    READY_LIMIT_MS
  ).catch(() => {
    throw new Error(`no worker within ${READY_LIMIT_MS / 1000} s, see ${logFile}`);
  });
  if (program.hasEnded()) throw new Error(`the worker ended: ${readFileSync(logFile, 'utf8')}`);
  return {
    ...program,
    jumpClock(ms) {
      writeFileSync(own.FAULTS_CLOCK, String(ms));
      program.kill('SIGUSR2');
    },
  };
}
