/** SSH without servers: a script answers. */
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
  /** The checks for other work. */
  readonly commands: CommandRequest[];
  /** The benchmark jobs that were started; each occurs once. */
  readonly started: DetachedJobRequest[];
  /** The ids of the jobs that were cancelled. */
  readonly cancelled: string[];
  /** The required target of each request, after the first connection. */
  readonly targets: (string | undefined)[];
  /** The maximum number of concurrent jobs, on all servers and on any one server. */
  readonly maxJobs: { atOnce: number; onOneServer: number };
}

/** The job folder of every scripted server. */
export const scriptedHost: JobHost = { base: '/home/bench/.fleetmark.1000', freeKib: 1_000_000, bootId: 'boot-1' };

/** The connection to a scripted server. */
export const scriptedConnection: ConnectionFacts = {
  ...{ user: 'bench', host: '127.0.0.1', port: 22, hostKey: 'SHA256:scripted', trusted: 'known_hosts' },
  target: '0123456789abcdef'.repeat(4),
};

/** Each server has its own host key. */
export function connectionTo(serverId: string): ConnectionFacts {
  return { ...scriptedConnection, hostKey: `SHA256:${serverId}` };
}

/**
 * A fake that replaces `src/ssh` in tests of workflows. Every server is this machine; the test decides the output of each
 * benchmark job and the other work on the server. As on a real server, a job starts once, and continues when no caller
 * waits for it.
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
  const maxJobs = { atOnce: 0, onOneServer: 0 };

  async function run(request: DetachedJobRequest): Promise<JobResult> {
    started.push(request);
    running.push(request);
    maxJobs.atOnce = Math.max(maxJobs.atOnce, running.length);
    const beside = running.filter(({ serverId }) => serverId === request.serverId).length;
    maxJobs.onOneServer = Math.max(maxJobs.onOneServer, beside);
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
    maxJobs,
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

/** Adds GPUs to every scripted server: lines of the script that reads the machine facts. */
export function withGpus(scripted: ScriptedSsh, lines: readonly string[]): ScriptedSsh {
  return {
    ...scripted,
    async runCommand(request) {
      const result = await scripted.runCommand(request);
      return { ...result, stdout: result.stdout.replace(/^package_manager=/m, `${lines.join('\n')}\n$&`) };
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
