import { randomUUID } from 'node:crypto';
import { machineCommand } from '../benchmarks/machine.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { ConnectionFacts, JobHost } from '../domain/jobs/job.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { BenchmarkRequest } from '../domain/plans/plan.ts';
import { LOOK_LIMIT_MS } from '../domain/plans/time-limits.ts';
import { outsideLogContext, withLogContext } from '../logging/context.ts';
import { withTimeout } from '../waiting/with-timeout.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { lookForOtherWork } from './find-other-work.ts';
import type { Ask } from './look.ts';

/** What a look at a server has found, before anything is decided or started there. */
export interface SeenServer {
  configuration: Configuration;
  reached: ConnectionFacts;
  /** The output of `machineCommand`. */
  facts: string;
  host: JobHost;
  /** When it was last seen without other work, on the monotonic clock of this worker; null: it was not, or nobody asked. */
  quietAt: number | null;
}

/** Looks at the next server while the last benchmark of another one runs, so that its place is used for measuring. */
export interface LookAhead {
  /** Runs a benchmark, and shortly before its expected end looks at the server that `request.next` names. */
  during<Result>(request: BenchmarkRequest, benchmark: () => Promise<Result>): Promise<Result>;
  /**
   * What was seen of a server, once; null if nothing was, or too long ago, or with another configuration.
   * @throws Failure AuthenticationFailed
   */
  take(serverId: string, configuration: Configuration): Promise<SeenServer | null>;
}

/** About the time that a look takes where many servers are looked at. The connection stays open for longer. */
const EARLY_MS = 10_000;
const LIMIT_MS = 15_000;
/** What is older is looked at again. */
const MAX_AGE_MS = 30_000;
/**
 * When to look if it is unknown how long the benchmark takes: the longer it has taken, the longer it may still take. Each
 * look is still fresh when a benchmark ends that takes 30 s, 1 min, 2 min or 4 min.
 */
const LOOKS_MS = [0, 25_000, 55_000, 115_000, 235_000];

/** The looks of one worker. Another worker that prepares the next server looks at it itself. */
export function createLookAhead(dependencies: ActivityDependencies): LookAhead {
  const seen = new Map<string, { at: number; look: Promise<SeenServer | Failure | null> }>();
  const measuring = new Set<string>();
  /** Servers whose login was refused, which is not tried again before their turn. */
  const refused = new Set<string>();
  /** How long each benchmark took the last time. */
  const lastMs = new Map<string, number>();

  const start = (serverId: string): void => {
    const at = performance.now();
    for (const [each, { at: then }] of seen) if (at - then > MAX_AGE_MS) seen.delete(each);
    // Another run may be measuring it, and would be disturbed.
    if (measuring.has(serverId) || refused.has(serverId)) return;
    const look = outsideLogContext(() => withLogContext({ serverId }, () => see(dependencies, serverId)));
    seen.set(serverId, { at, look });
    void look.then((result) => result instanceof Failure && refused.add(serverId));
  };

  return {
    async during({ serverId, benchmark, next }, run) {
      const known = lastMs.get(benchmark);
      const looks = known === undefined ? LOOKS_MS : [Math.max(0, known - EARLY_MS)];
      const timers = next === undefined ? [] : looks.map((ms) => setTimeout(() => start(next), ms));
      const began = performance.now();
      measuring.add(serverId);
      try {
        const result = await run();
        lastMs.set(benchmark, performance.now() - began);
        return result;
      } finally {
        measuring.delete(serverId);
        for (const timer of timers) clearTimeout(timer);
      }
    },

    async take(serverId, configuration) {
      const entry = seen.get(serverId);
      seen.delete(serverId);
      refused.delete(serverId);
      if (entry === undefined || performance.now() - entry.at > MAX_AGE_MS) return null;
      const result = await entry.look;
      if (result instanceof Failure) throw result;
      return result?.configuration === configuration ? result : null;
    },
  };
}

/**
 * Looks at a server outside of its own workflow; the job folder is all that it may leave there. Resolves to null if anything
 * goes wrong: its own workflow tries again and tells. Only a refused login is not tried twice.
 */
async function see({ configuration, ssh, tools }: ActivityDependencies, serverId: string) {
  try {
    const settings = await configuration();
    const server = settings.servers.get(serverId);
    if (server === undefined || server.skip !== undefined) return null;
    return await withTimeout(LIMIT_MS, async (signal) => {
      const reached = await ssh.connection({ serverId, signal });
      const target = { serverId, target: reached.target, signal };
      const id = `ahead.${randomUUID()}`;
      const ask: Ask = async (name, command, timeoutMs) => {
        const { stdout } = await ssh.runCommand({ ...target, commandId: `${id}.${name}`, command, timeoutMs });
        return stdout;
      };
      const command = machineCommand(tools.flatMap(({ executables }) => executables));
      const facts = await ask('look', command, LOOK_LIMIT_MS);
      const host = await ssh.jobs.probeJobs(target);
      const busy = await lookForOtherWork(ask, settings.quiet, 0);
      return { configuration: settings, reached, facts, host, quietAt: busy === null ? performance.now() : null };
    });
  } catch (error) {
    return error instanceof Failure && error.kind === 'AuthenticationFailed' ? error : null;
  }
}
