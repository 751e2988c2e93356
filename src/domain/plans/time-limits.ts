import type { BenchmarkSettings } from './configuration.ts';
import type { SshSettings } from '../servers/server.ts';

/**
 * Limits of the activities themselves run on the worker's clock and end as a failure that is not retried: they are about
 * servers. Those of Temporal are longer, and end what a lost or frozen worker left open.
 */

/** Maximum time for a look at a server. */
export const LOOK_LIMIT_MS = 60_000;

/** Maximum wait for a jump host that many servers share. */
const TURN_MS = 10 * 60_000;

/** Duration of one sample: whole seconds, since no tool takes fractions, at least 1. */
export function sampleSeconds({ durationMs }: Pick<BenchmarkSettings, 'durationMs'>): number {
  return Math.max(1, Math.round(durationMs / 1000));
}

/** Up to the login. */
export function connectLimitMs({ connectTimeoutMs, giveUpAfterMs }: SshSettings): number {
  return connectTimeoutMs + giveUpAfterMs + TURN_MS;
}

/** From the login to the machine facts and the choice of tools. */
export function lookLimitMs({ answerTimeoutMs }: SshSettings): number {
  return LOOK_LIMIT_MS + answerTimeoutMs;
}

/** For the end of a job, beyond its own limit. The rest of the answer timeout is for {@link lastReleaseMs}. */
export function jobAnswerMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return 0.75 * answerTimeoutMs;
}

/** For the release of a server that has stopped answering: its row does not wait longer. */
export function lastReleaseMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return answerTimeoutMs - jobAnswerMs({ answerTimeoutMs });
}

/** For all samples of a benchmark, connecting included. */
export function benchmarkLimitMs(
  { samples, timeoutMs }: BenchmarkSettings,
  { giveUpAfterMs, answerTimeoutMs }: SshSettings
): number {
  return samples * (timeoutMs + answerTimeoutMs) + giveUpAfterMs + 60_000;
}
