import type { BenchmarkSettings } from './configuration.ts';
import type { SshSettings } from './server.ts';

/** One attempt to connect to a server, to look at it and to choose its tools. */
export const PREPARE_LIMIT_MS = 15 * 60_000;

/** One attempt to end and remove what a run left on a server. */
export const RELEASE_LIMIT_MS = 10 * 60_000;

/** How long a tool that can be told measures for one sample: whole seconds, since no tool takes fractions, at least 1. */
export function sampleSeconds({ durationMs }: Pick<BenchmarkSettings, 'durationMs'>): number {
  return Math.max(1, Math.round(durationMs / 1000));
}

/** All samples of a benchmark together. */
export function benchmarkLimitMs({ samples, timeoutMs }: BenchmarkSettings, { giveUpAfterMs }: SshSettings): number {
  // What the connection may take besides: another attempt, and killing what hangs.
  return samples * (timeoutMs + 30_000) + giveUpAfterMs + 60_000;
}
