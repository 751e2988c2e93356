import type { Configuration } from '../domain/configuration.ts';
import type { Ssh } from '../domain/job.ts';

/** What the activities work with; `worker.ts` provides it. */
export interface ActivityDependencies {
  /** Reads the user's configuration and inventory anew. Rejects with a Failure InvalidConfig. */
  configuration: () => Promise<Configuration>;
  ssh: Ssh;
}
