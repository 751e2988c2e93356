import { expectationsOf, limitsOf, reaches, toleranceOf } from './expectation.ts';
import type { Expectation, Expectations } from './expectation.ts';
import type { RowError } from './failure.ts';
import type { Measurement } from './measurement.ts';
import { formatShortfall } from './numbers.ts';
import type { BenchmarkRow, Shortfall } from './server-row.ts';

/** What came of running one benchmark, before anybody judges it. */
export interface BenchmarkOutcome {
  measurements: Measurement[];
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
}

/** These say that the benchmark does not apply to a server, which is an error only if something is expected of it. */
const inapplicable = ['ToolMissing', 'DeviceMissing', 'HostUnsuitable'];

/**
 * The verdict of one benchmark: measured and short is `fail`, with every shortfall; whatever keeps an expected metric
 * from being judged is `error`. A number that could not be read never passes.
 */
export function judge(benchmark: string, outcome: BenchmarkOutcome, expectations: Expectations): BenchmarkRow {
  const { measurements, tool, seconds } = outcome;
  const expected = expectationsOf(expectations, benchmark);
  const judged = Object.entries(expected).map(([metric, expectation]) =>
    judgeMetric(metric, expectation, measurements)
  );
  const shortfalls = judged.flatMap((each) => each.shortfalls);
  const error = outcome.error ?? judged.find((each) => each.error !== null)?.error ?? unreadable(measurements);

  const row = { benchmark, error, tool, seconds, measurements: measurements.map(rowMeasurement), shortfalls };
  if (shortfalls.length > 0) return { ...row, verdict: 'fail', reason: shortfalls.map(formatShortfall).join('; ') };
  if (error === null) return { ...row, verdict: judged.length > 0 ? 'pass' : 'measured', reason: null };
  if (judged.length > 0 || !inapplicable.includes(error.type))
    return { ...row, verdict: 'error', reason: error.message };
  return { ...row, verdict: measurements.length > 0 ? 'measured' : 'skip', reason: error.message };
}

interface JudgedMetric {
  shortfalls: Shortfall[];
  error: RowError | null;
}

/** One expected metric, on every device that was measured. */
function judgeMetric(metric: string, expectation: Expectation, measurements: readonly Measurement[]): JudgedMetric {
  const found = measurements.filter((measurement) => measurement.metric === metric);
  if (found.length === 0) {
    return {
      shortfalls: [],
      error: { type: 'UnreadableOutput', message: `${metric} is expected and was not measured` },
    };
  }
  const shortfalls: Shortfall[] = [];
  let error: RowError | null = null;
  for (const measurement of found) {
    for (const limit of limitsOf(expectation, measurement.better)) {
      if (!Number.isFinite(measurement.value)) error ??= unreadable([measurement]);
      else if (contradicts(measurement, limit, expectation)) error ??= inconclusive(measurement, limit);
      else if (!reaches(measurement.value, limit)) shortfalls.push({ ...name(measurement), ...limit });
    }
  }
  return { shortfalls, error };
}

/** Samples on both sides of the limit, further apart than the tolerance: neither slow nor good enough, but unknown. */
function contradicts(
  measurement: Measurement,
  limit: Parameters<typeof reaches>[1],
  expectation: Expectation
): boolean {
  const reached = measurement.samples.filter((sample) => reaches(sample, limit)).length;
  const bothSides = reached > 0 && reached < measurement.samples.length;
  return bothSides && measurement.spread > toleranceOf(expectation);
}

function inconclusive(measurement: Measurement, limit: Parameters<typeof reaches>[1]): RowError {
  const spread = `${Math.round(measurement.spread * 100)} %`;
  const message = `${formatShortfall({ ...name(measurement), ...limit })}: its ${measurement.samples.length} samples lie on both sides of the limit, ${spread} apart`;
  return { type: 'Inconclusive', message };
}

function unreadable(measurements: readonly Measurement[]): RowError | null {
  const bad = measurements.find((measurement) => !Number.isFinite(measurement.value));
  return bad ? { type: 'UnreadableOutput', message: `${bad.metric} is not a finite number` } : null;
}

function name({ metric, device, value, unit }: Measurement): Omit<Shortfall, 'comparison' | 'expected'> {
  return { metric, device, measured: value, unit };
}

function rowMeasurement({
  metric,
  device,
  value,
  unit,
  samples,
  spread,
}: Measurement): BenchmarkRow['measurements'][0] {
  return { metric, device, value, unit, samples: samples.length, spread: Math.round(spread * 1000) / 1000 };
}
