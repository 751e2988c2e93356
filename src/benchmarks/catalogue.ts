import { isCount } from '../domain/measurements/measurement.ts';
import type { BenchmarkKind, KnownTool } from '../domain/measurements/known-tool.ts';
import { grouped } from '../domain/values/grouped.ts';
import { clpeak } from './clpeak.ts';
import { openssl } from './openssl.ts';
import { sysbench } from './sysbench.ts';
import type { Tool } from './tool.ts';

/** All tools; those of the same benchmark in order of preference. */
export const catalogue: readonly Tool[] = [sysbench, openssl, clpeak];

/** The benchmarks that these tools measure. */
export function kindsOf(tools: readonly Tool[]): BenchmarkKind[] {
  return [...grouped(tools, ({ benchmark }) => benchmark)].map(([benchmark, own]) => ({
    benchmark,
    byDefault: own.some(({ byDefault }) => byDefault),
    needsGpus: own.some(({ needsGpus }) => needsGpus),
    minTimeoutMs: Math.max(...own.map(({ minTimeoutMs }) => minTimeoutMs)),
    metrics: own.flatMap(({ name, metrics }) => metrics.map((metric) => ({ ...metric, tool: name }))),
  }));
}

/** The activity that measures a benchmark: `benchmarkDisk` for `disk`, `benchmarkDiskIo` for `disk-io`. */
export function activityOf(benchmark: string): `benchmark${string}` {
  const words = benchmark.split(/[_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `benchmark${words.join('')}`;
}

/** The tools of all benchmarks, for listings and messages. */
export function knownTools(tools: readonly Tool[]): KnownTool[] {
  return tools.map(({ benchmark, name, timed, executables, packages, metrics }) => {
    const own = metrics.map((metric) => ({ ...metric, ...(isCount(metric) && { exact: true as const }) }));
    return { benchmark, tool: name, timed, executables: [...executables], packages, metrics: own };
  });
}
