import type { DetachedJobs, Ssh } from '../domain/jobs/job.ts';
import { targetFingerprint } from './host-keys/verify-target.ts';
import { createJobs } from './jobs/detached-jobs.ts';
import { DETACHED_JOB_LIMITS, type DetachedJobLimits } from './jobs/limits.ts';
import { commandRunner } from './jobs/run-command.ts';
import { ServerConnections, type ServerConnectionsDependencies } from './server-connections.ts';

/** `openMs` exceeds four keepalives, so that a dead link is not reported as a shell that does not open. */
const TIMES = { idleMs: 15_000, openMs: 45_000, keepaliveMs: 10_000 };

export interface SshDependencies
  extends Omit<ServerConnectionsDependencies, keyof typeof TIMES>, Partial<typeof TIMES> {
  jobLimits?: Partial<DetachedJobLimits>;
  /** The folder that is tried first for jobs on servers. */
  jobFolder?: string;
}

/** The port for all SSH, with one connection per server. Nothing runs after `close`. */
export function createSsh({
  jobLimits = {},
  jobFolder = '',
  ...given
}: SshDependencies): Ssh & { jobs: DetachedJobs; close(): Promise<void> } {
  const servers = new ServerConnections({ ...TIMES, ...given });
  const { shell, closing } = servers;
  const dependencies = { shell, closing, log: given.log, limits: { ...DETACHED_JOB_LIMITS, ...jobLimits } };
  return {
    async connection({ signal, ...server }) {
      const { route, connection } = await servers.connected(server, signal);
      const { user, host, port } = route;
      const { hostKey, trusted } = connection;
      return { user, host, port, hostKey, trusted, target: targetFingerprint(route, hostKey) };
    },
    runCommand: commandRunner(dependencies),
    jobs: createJobs(jobFolder, dependencies),
    close: () => servers.close(),
  };
}
