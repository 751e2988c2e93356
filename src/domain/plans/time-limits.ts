import type { BenchmarkSettings } from './configuration.ts';
import type { SshSettings } from '../servers/server.ts';

/**
 * These limits run on the worker's clock, inside the activities, and end as a failure that is not retried: the server is
 * too slow. Temporal's own timeouts are longer, and end what a lost or frozen worker has left open.
 */

/** Maximum time for reading the machine facts of a server. */
export const LOOK_LIMIT_MS = 60_000;

/** Maximum wait for a jump host that many servers share. */
const TURN_MS = 10 * 60_000;

/** Duration of one sample: whole seconds, because no tool accepts fractions, at least 1. */
export function sampleSeconds({ durationMs }: Pick<BenchmarkSettings, 'durationMs'>): number {
  return Math.max(1, Math.round(durationMs / 1000));
}

/** Maximum time until the login. */
export function connectLimitMs({ connectTimeoutMs, giveUpAfterMs }: SshSettings): number {
  return connectTimeoutMs + giveUpAfterMs + TURN_MS;
}

/** Maximum time from the login to the machine facts and the choice of tools. */
export function lookLimitMs({ answerTimeoutMs }: SshSettings): number {
  return LOOK_LIMIT_MS + answerTimeoutMs;
}

/** Maximum time for the end of a job, beyond its timeout. The rest of the answer timeout is for {@link lastReleaseMs}. */
export function jobAnswerMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return 0.75 * answerTimeoutMs;
}

/** Maximum time for releasing a server that has stopped answering: its row does not wait longer. */
export function lastReleaseMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return answerTimeoutMs - jobAnswerMs({ answerTimeoutMs });
}

/**
 * How long Temporal waits for a heartbeat before it gives the benchmark to another worker: the longer it may take, the rarer
 * are the heartbeats, which are most of what waiting costs.
 * @param timeoutMs - of {@link benchmarkLimitMs}
 */
export function heartbeatTimeoutMs(timeoutMs: number): number {
  return Math.min(120_000, Math.max(30_000, timeoutMs / 20));
}

/** Maximum time for all samples of a benchmark, including the connection. */
export function benchmarkLimitMs(
  { samples, timeoutMs }: BenchmarkSettings,
  { giveUpAfterMs, answerTimeoutMs }: SshSettings
): number {
  return samples * (timeoutMs + answerTimeoutMs) + giveUpAfterMs + 60_000;
}
