import { execFileSync } from 'node:child_process';
import { tools } from '../../src/benchmarks/catalogue.ts';
import { machineCommand } from '../../src/benchmarks/machine.ts';
import type { JobRequest, JobResult, Ssh } from '../../src/domain/job.ts';

export type Script = (request: JobRequest) => Promise<Partial<JobResult> | string> | Partial<JobResult> | string;

export interface ScriptedSsh extends Ssh {
  /** Benchmark commands so far. */
  readonly jobs: JobRequest[];
  /** The most benchmark commands that were under way at once, on all servers and on any one. */
  readonly most: { atOnce: number; onOneServer: number };
}

/**
 * A fake in place of `src/ssh`, for tests of workflows: every server is this machine, and what a benchmark command
 * prints is the test's to say. Like the real one it rejects with the reason of an aborted signal.
 */
export function scriptedSsh(script: Script): ScriptedSsh {
  const looks = lookAtThisMachine();
  const jobs: JobRequest[] = [];
  const running: JobRequest[] = [];
  const most = { atOnce: 0, onOneServer: 0 };

  async function answer(request: JobRequest): Promise<JobResult> {
    running.push(request);
    jobs.push(request);
    most.atOnce = Math.max(most.atOnce, running.length);
    const beside = running.filter(({ serverId }) => serverId === request.serverId).length;
    most.onOneServer = Math.max(most.onOneServer, beside);
    try {
      return resultOf(await unlessAborted(request.signal, Promise.resolve(script(request))));
    } finally {
      running.splice(running.indexOf(request), 1);
    }
  }
  return {
    jobs,
    most,
    runJob: async (request) => (request.jobId.endsWith('.look') ? resultOf(looks) : answer(request)),
  };
}

function lookAtThisMachine(): string {
  const command = machineCommand(tools.flatMap((tool) => tool.executables));
  return execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
}

function resultOf(given: Partial<JobResult> | string): JobResult {
  const result = typeof given === 'string' ? { stdout: given } : given;
  return { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, seconds: 0.1, ...result };
}

async function unlessAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
  return Promise.race([answer, aborted]);
}
