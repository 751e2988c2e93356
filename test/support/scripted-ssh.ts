import { execFileSync } from 'node:child_process';
import { catalogue } from '../../src/benchmarks/catalogue.ts';
import { machineCommand } from '../../src/benchmarks/machine.ts';
import type {
  CommandRequest,
  ConnectionFacts,
  DetachedJobRequest,
  JobHost,
  JobResult,
  Ssh,
} from '../../src/domain/jobs/job.ts';

export type Script = (
  request: DetachedJobRequest
) => Promise<Partial<JobResult> | string> | Partial<JobResult> | string;

export interface ScriptedSsh extends Ssh {
  /** Looks for other work. */
  readonly commands: CommandRequest[];
  /** Benchmark jobs that were started, each once. */
  readonly started: DetachedJobRequest[];
  /** The ids of those that were ended from outside. */
  readonly cancelled: string[];
  /** Where each of all requests had to lead, after the first connection. */
  readonly targets: (string | undefined)[];
  /** The most that were under way at once, on all servers and on any one. */
  readonly most: { atOnce: number; onOneServer: number };
}

/** Of the servers of a scripted fleet. */
export const scriptedHost: JobHost = { base: '/home/bench/.fleetmark.1000', freeKib: 1_000_000, bootId: 'boot-1' };

/** How each of them is reached. */
export const scriptedConnection: ConnectionFacts = {
  ...{ user: 'bench', host: '127.0.0.1', port: 22, hostKey: 'SHA256:scripted', trusted: 'known_hosts' },
  target: '0123456789abcdef'.repeat(4),
};

/** Each of them has a host key of its own. */
export function connectionTo(serverId: string): ConnectionFacts {
  return { ...scriptedConnection, hostKey: `SHA256:${serverId}` };
}

/**
 * A fake in place of `src/ssh`, for tests of workflows: every server is this machine, and what a benchmark's job prints
 * is the test's to say, and so is what others do on the server. As on a real server a job starts once, whoever asks for it, and goes on when nobody looks.
 */
export function scriptedSsh(
  script: Script,
  otherWork: () => string = () => '',
  connection: Ssh['connection'] = ({ serverId }) => Promise.resolve(connectionTo(serverId))
): ScriptedSsh {
  const looks = lookAtThisMachine();
  const commands: CommandRequest[] = [];
  const started: DetachedJobRequest[] = [];
  const cancelled: string[] = [];
  const results = new Map<string, Promise<JobResult>>();
  const over = new Map<string, JobResult>();
  const running: DetachedJobRequest[] = [];
  const targets: (string | undefined)[] = [];
  const most = { atOnce: 0, onOneServer: 0 };

  async function run(request: DetachedJobRequest): Promise<JobResult> {
    started.push(request);
    running.push(request);
    most.atOnce = Math.max(most.atOnce, running.length);
    const beside = running.filter(({ serverId }) => serverId === request.serverId).length;
    most.onOneServer = Math.max(most.onOneServer, beside);
    try {
      const result = resultOf(await script(request));
      over.set(request.jobId, result);
      return result;
    } finally {
      running.splice(running.indexOf(request), 1);
    }
  }
  function end(jobId: string): void {
    cancelled.push(jobId);
    const at = running.findIndex((job) => job.jobId === jobId);
    if (at >= 0) running.splice(at, 1);
  }
  return {
    started,
    cancelled,
    targets,
    most,
    commands,
    connection,
    async runCommand(request) {
      targets.push(request.target);
      if (request.commandId.endsWith('.look')) return resultOf(looks);
      commands.push(request);
      return resultOf(otherWork());
    },
    jobs: {
      takeGuard: () => Promise.resolve(null),
      lookAtGuard: () => Promise.resolve(null),
      dropGuard: () => Promise.resolve(),
      probeJobs({ target }) {
        targets.push(target);
        return Promise.resolve(scriptedHost);
      },
      runJob(request) {
        targets.push(request.target);
        const result = results.get(request.jobId) ?? run(request);
        results.set(request.jobId, result);
        return unlessAborted(request.signal, result);
      },
      cancelJob({ jobId, target }) {
        targets.push(target);
        end(jobId);
        return Promise.resolve({ leftover: [] });
      },
      collectJob: ({ jobId }) => Promise.resolve(over.get(jobId) ?? null),
      cleanJobs({ prefix, target }) {
        targets.push(target);
        const jobs = running.map(({ jobId }) => jobId).filter((jobId) => jobId.startsWith(`${prefix}.`));
        return Promise.resolve({ running: jobs, leftover: [] });
      },
    },
  };
}

function lookAtThisMachine(): string {
  const command = machineCommand(catalogue.flatMap((tool) => tool.executables));
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
