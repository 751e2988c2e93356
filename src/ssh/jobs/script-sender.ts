import { Failure } from '../../domain/failures/failure.ts';
import type { ServerName } from '../../domain/jobs/job.ts';
import type { Logger } from '../../logging/logger.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/first-of.ts';
import type { OpenShell } from '../connections/channel.ts';
import type { ScriptValues } from '../server-scripts/server-script.ts';
import type { Answer } from './answer-reader.ts';
import type { DetachedJobLimits } from './limits.ts';
import { sendScript } from './send-script.ts';

/** Delay before the second retry; the first one is immediate. */
const FIRST_DELAY_MS = 200;

/** Runs `use` with a shell on the server. Aborted: rejects with the reason of the signal. */
export type Shell = <T>(server: ServerName, signal: AbortSignal, use: (shell: OpenShell) => Promise<T>) => Promise<T>;

export interface ScriptDependencies {
  shell: Shell;
  /** Aborted when the connections close for good. */
  closing: AbortSignal;
  log: Logger;
  limits: DetachedJobLimits;
}

/** Sends a script until it answers; `seconds`: how long the script may take on the server. */
export type ScriptSender = <V extends keyof ScriptValues>(
  scriptName: V,
  values: ScriptValues[V],
  seconds: number
) => Promise<Answer>;

export type ScriptSenderTo = (request: ServerName & { signal: AbortSignal }) => ScriptSender;

/** Sends scripts to the server of a request, each over its current connection. */
export function scriptSenderTo({ shell, closing, log, limits }: ScriptDependencies): ScriptSenderTo {
  return ({ serverId, target, signal }) => {
    const ended = AbortSignal.any([signal, closing]);
    const reconnecting = {
      ...{ timeoutMs: limits.reconnectTimeoutMs, isKnown: false },
      ...{ log: log.child({ serverId }), signal: ended },
    };
    return async (scriptName, values, seconds) => {
      const request = { scriptName, values, timeoutMs: seconds * 1000 + limits.answerMs, signal: ended };
      const answer = await retryLostConnection(
        () => shell({ serverId, target }, ended, (open) => sendScript(open, request)),
        reconnecting
      );
      reconnecting.isKnown = true;
      return answer;
    };
  };
}

/**
 * Repeats an attempt that a lost connection interrupted, at once and then after 0.2, 0.4, 0.8, ... s, until the timeout; then
 * throws the last failure. Aborted: rejects with the reason of the signal, to which {@link withCause} adds.
 * @param isKnown the server has answered before, so it is probably unreachable for a while only
 */
export async function retryLostConnection<T>(
  attempt: () => Promise<T>,
  { timeoutMs, isKnown, log, signal }: { timeoutMs: number; isKnown: boolean; log: Logger; signal: AbortSignal }
): Promise<T> {
  const start = performance.now();
  let last: Failure | null = null;
  for (let failures = 0; ; failures++) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw withCause(error, last);
      if (!(error instanceof Failure)) throw error;
      if (error.kind === 'ConnectionLost') isKnown = true;
      else if (error.kind !== 'ServerUnreachable' || !isKnown) throw error;
      const delayMs = failures === 0 ? 0 : backoffMs(FIRST_DELAY_MS, failures);
      if (performance.now() - start + delayMs > timeoutMs) throw error;
      log.info({ delayMs: Math.round(delayMs) }, `${error.message}; trying again`);
      last = error;
      await pause(delayMs, signal).catch((reason: unknown) => {
        throw withCause(reason, last);
      });
    }
  }
}

/** After a timeout: reports that the server was unreachable, if it was, rather than unresponsive. */
function withCause(reason: unknown, last: Failure | null): unknown {
  if (!(reason instanceof Failure) || reason.kind !== 'ServerUnresponsive' || last === null) return reason;
  if (last.kind === 'ServerUnreachable') return last;
  return new Failure(reason.kind, `${reason.message} (${last.message})`, { cause: last });
}
