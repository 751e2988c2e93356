import type { Tool } from '../benchmarks/tool.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { Ssh } from '../domain/jobs/job.ts';

/** The dependencies of all activities; the worker provides them. */
export interface ActivityDependencies {
  /** Reads the current configuration and inventory. Rejects with a Failure InvalidConfig. */
  configuration: () => Promise<Configuration>;
  ssh: Ssh;
  /** The known tools, in order of preference. */
  tools: readonly Tool[];
}
