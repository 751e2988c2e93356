import type { Tool } from '../benchmarks/tool.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { Ssh } from '../domain/jobs/job.ts';

/** What the activities work with; the worker provides it. */
export interface ActivityDependencies {
  /** Reads the current configuration and inventory. Rejects with a Failure InvalidConfig. */
  configuration: () => Promise<Configuration>;
  ssh: Ssh;
  /** What measures, in order of preference. */
  tools: readonly Tool[];
}
