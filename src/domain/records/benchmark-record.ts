import type { BenchmarkResult } from '../measurements/benchmark-result.ts';
import type { Expectations } from '../verdicts/expectation.ts';
import type { BenchmarkRecord } from './records.ts';

/**
 * What to keep of a benchmark.
 * @param judged - the result that was judged
 * @param results - one for each time that it was measured
 */
export function benchmarkRecord(
  benchmark: string,
  expected: Expectations,
  judged: BenchmarkResult,
  results: readonly BenchmarkResult[] = [judged]
): BenchmarkRecord {
  const kept = results.map(({ tool, seconds, error, toolVersion = null, jobId, evidence, raw }) => ({
    ...{ tool, seconds, error, toolVersion },
    ...(jobId !== undefined && { jobId }),
    ...(evidence !== undefined && { evidence }),
    ...(raw !== undefined && { raw }),
  }));
  return { benchmark, expected, measurements: judged.measurements, results: kept };
}
