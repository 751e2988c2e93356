import type { Configuration } from '../domain/plans/configuration.ts';
import type { Ssh } from '../domain/jobs/job.ts';

/** What the activities work with; `worker.ts` provides it. */
export interface ActivityDependencies {
  /** Reads the user's configuration and inventory anew. Rejects with a Failure InvalidConfig. */
  configuration: () => Promise<Configuration>;
  ssh: Ssh;
}
