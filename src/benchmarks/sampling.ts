import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import { sampleSeconds } from '../domain/plans/time-limits.ts';

/** `sysbench, 3 x 10 s`, for a tool that can be told how long to measure. */
export function timedSummary(tool: string, settings: BenchmarkSettings): string {
  return `${tool}, ${settings.samples} x ${sampleSeconds(settings)} s`;
}

/** `clpeak, 3 samples`, for a tool that takes as long as it takes. */
export function untimedSummary(tool: string, settings: BenchmarkSettings): string {
  return `${tool}, ${settings.samples} ${settings.samples === 1 ? 'sample' : 'samples'}`;
}
