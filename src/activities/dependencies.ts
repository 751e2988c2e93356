import type { Tool } from '../benchmarks/tool.ts';
import type { ActionRunner } from '../domain/actions/runner.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import type { Ssh } from '../domain/jobs/job.ts';
import type { Results } from '../domain/records/records.ts';

/** The dependencies of all activities; the worker provides them. */
export interface ActivityDependencies {
  /**
   * The configuration and inventory, as they were a moment ago; with maxAgeMs 0, as they are now: for the start of a run,
   * since a person may have edited them just before. Rejects with a Failure InvalidConfig.
   */
  configuration: (maxAgeMs?: number) => Promise<Configuration>;
  ssh: Ssh;
  /** The known tools, in order of preference. */
  tools: readonly Tool[];
  /** Keeps the results of runs; null: nothing does, except Temporal. */
  results: Results | null;
  /** Calls actions; missing: there are none. */
  actions?: ActionRunner;
  /** Whether the search attributes exist: a workflow that sets a missing one would not go on. Default: no. */
  hasSearchAttributes?: () => Promise<boolean>;
  /** Hears of each job that has ended, for metrics. */
  jobEnded?: (benchmark: string, seconds: number) => void;
}
