import type { BenchmarkSettings } from './configuration.ts';
import type { SshSettings } from '../servers/server.ts';

/**
 * Limits are of two kinds. Those of the activities themselves run on the clock of the worker, and end as a failure that
 * is not retried: they are about servers. Those of Temporal are longer, and end what a lost or frozen worker left open.
 */

/** A look at a server takes no longer than this. */
export const LOOK_LIMIT_MS = 60_000;

/** To connect, besides what is configured: for its turn at a jump host that many servers share. */
const TURN_MS = 10 * 60_000;

/** How long a tool that can be told measures for one sample: whole seconds, since no tool takes fractions, at least 1. */
export function sampleSeconds({ durationMs }: Pick<BenchmarkSettings, 'durationMs'>): number {
  return Math.max(1, Math.round(durationMs / 1000));
}

/** To be let in by a server. */
export function connectLimitMs({ connectTimeoutMs, giveUpAfterMs }: SshSettings): number {
  return connectTimeoutMs + giveUpAfterMs + TURN_MS;
}

/** To see what a server is that has let us in, and to choose its tools. */
export function lookLimitMs({ answerTimeoutMs }: SshSettings): number {
  return LOOK_LIMIT_MS + answerTimeoutMs;
}

/** To hear of the end of a job beyond its own limit. What is left of the answer timeout is for {@link lastReleaseMs}. */
export function jobAnswerMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return 0.75 * answerTimeoutMs;
}

/** To release a server that has stopped answering: its row must not wait for it any longer. */
export function lastReleaseMs({ answerTimeoutMs }: Pick<SshSettings, 'answerTimeoutMs'>): number {
  return answerTimeoutMs - jobAnswerMs({ answerTimeoutMs });
}

/** All samples of a benchmark together, and what a connection may take besides. */
export function benchmarkLimitMs(
  { samples, timeoutMs }: BenchmarkSettings,
  { giveUpAfterMs, answerTimeoutMs }: SshSettings
): number {
  return samples * (timeoutMs + answerTimeoutMs) + giveUpAfterMs + 60_000;
}
