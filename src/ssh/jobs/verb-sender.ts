import type { ClientChannel } from 'ssh2';
import type { ServerName } from '../../domain/jobs/job.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Connection } from '../connections/connect.ts';
import type { Answer } from './answer-reader.ts';
import { ask } from './send-verb.ts';
import type { Verbs } from '../server-scripts/verb-script.ts';
import type { DetachedJobLimits } from './limits.ts';
import { withPatience } from './retry-lost-connection.ts';

/** Runs `use` with a shell on the server. Aborted: rejects with the reason of the signal. */
export type Shell = <T>(
  server: ServerName,
  signal: AbortSignal,
  use: (channel: ClientChannel, connection: Connection) => Promise<T>
) => Promise<T>;

export interface AskerDependencies {
  shell: Shell;
  /** Aborted when the connections close for good. */
  closing: AbortSignal;
  log: Logger;
  limits: DetachedJobLimits;
}

/** Asks a verb as often as it takes to get an answer; `seconds` is what the server may need to think. */
export type Asker = <V extends keyof Verbs>(verb: V, values: Verbs[V], seconds: number) => Promise<Answer>;

/** Asks one server on behalf of one caller, each verb over whatever connection there is at that moment. */
export function createAsker(
  { shell, closing, log, limits }: AskerDependencies,
  {
    serverId,
    target,
    signal,
    patienceMs = limits.patienceMs,
  }: ServerName & { signal: AbortSignal; patienceMs?: number }
): Asker {
  const ended = AbortSignal.any([signal, closing]);
  const patience = { patienceMs, reached: false, log: log.child({ serverId }), signal: ended };
  return async (verb, values, seconds) => {
    const question = { verb, values, ms: seconds * 1000 + limits.answerMs, signal: ended };
    const answer = await withPatience(
      () => shell({ serverId, target }, ended, (channel, connection) => ask(channel, connection, question)),
      patience
    );
    patience.reached = true;
    return answer;
  };
}
