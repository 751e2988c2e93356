import {
  expectationsOf,
  limitsOf,
  reaches,
  toleranceOf,
  type Expectation,
  type Expectations,
  type Limit,
} from './expectation.ts';
import type { RowError } from '../failures/failure.ts';
import type { BenchmarkResult, Fault } from '../measurements/benchmark-result.ts';
import { isCount, type Measurement } from '../measurements/measurement.ts';
import { rowEvidence, type Evidence } from '../measurements/evidence.ts';
import { contradictionOf } from './contradiction.ts';
import { addressOf, lostDevice, missingDevices, tooFewDevices } from './missing-devices.ts';
import { formatShortfall, shortfallTexts, worstFirst } from './shortfalls.ts';
import { isIndependentOfLoad, isWrongResult } from './shortfall-advice.ts';
import {
  rowDevice,
  rowMeasurement,
  type BenchmarkRow,
  type MetricLimit,
  type RowDevice,
  type Shortfall,
} from './server-row.ts';
import { median } from '../measurements/statistics.ts';

/** Errors that mean that a benchmark does not apply to a server. They count only if one of its metrics is expected. */
const inapplicable = ['ToolMissing', 'DeviceMissing', 'DevicePartitioned', 'HostUnsuitable'];

/**
 * The verdict of one benchmark: `fail` for any shortfall, otherwise `error` if an expected metric could not be judged. An
 * unreadable number never passes. A fault that the tool reports comes before all numbers. A shortfall with only doubtful
 * samples is `Inconclusive`; a pass needs no evidence, since other load cannot make a server faster.
 */
export function judge(benchmark: string, result: BenchmarkResult, expectations: Expectations): BenchmarkRow {
  const { measurements, tool, seconds, evidence = [] } = result;
  const devices = (result.devices ?? []).map(rowDevice);
  const expected = expectationsOf(expectations, benchmark);
  const judged = Object.entries(expected).map(([metric, expectation]) =>
    judgeMetric(metric, expectation, { measurements, evidence, devices })
  );
  const faults = (result.faults ?? []).map((fault) => faultShortfall(benchmark, fault, devices));
  const shortfalls = [...faults, ...judged.flatMap((each) => each.shortfalls)];
  const why = judged.find((each) => each.error !== null)?.error ?? lostDevice(measurements, devices);
  const error = result.error ?? why ?? unreadable(measurements);

  const limits = metricLimits(measurements, expected);
  const optional = { ...(devices.length > 0 && { devices }), ...(limits.length > 0 && { limits }) };
  const shown = { measurements: measurements.map(rowMeasurement), shortfalls, evidence: rowEvidence(evidence) };
  const row = { benchmark, error, tool, seconds, ...shown, ...optional };
  if (shortfalls.length > 0) return { ...row, verdict: 'fail', reason: shortfallTexts(shortfalls).join('; ') };
  if (error === null && judged.length > 0) return { ...row, verdict: 'pass', reason: null };
  if (error !== null && (judged.length > 0 || !inapplicable.includes(error.type)))
    return { ...row, verdict: 'error', reason: error.message };
  if (measurements.length > 0) return { ...row, verdict: 'measured', reason: error?.message ?? null };
  return { ...row, verdict: 'skip', reason: error?.message ?? 'its output has no metric; all of them may be absent' };
}

/** The limits of each expected metric that was measured, once for all its devices. */
function metricLimits(measurements: readonly Measurement[], expected: Expectations): MetricLimit[] {
  return Object.entries(expected).flatMap(([metric, expectation]) => {
    const found = measurements.find((each) => each.metric === metric);
    return found ? limitsOf(expectation, found.better).map((limit) => ({ metric, ...limit })) : [];
  });
}

/** The measurements of one benchmark. */
interface Measured {
  measurements: readonly Measurement[];
  evidence: readonly (Evidence | null)[];
  devices: readonly RowDevice[];
}

/** One expected metric, on every device that was measured. */
function judgeMetric(
  metric: string,
  expectation: Expectation,
  { measurements, evidence, devices }: Measured
): { shortfalls: Shortfall[]; error: RowError | null } {
  const found = measurements.filter((measurement) => measurement.metric === metric);
  if (found.length === 0) {
    const message = `${metric} is expected, but was not measured`;
    return { shortfalls: [], error: { type: 'UnreadableOutput', message } };
  }
  const shortfalls: Shortfall[] = [];
  let error = tooFewDevices(metric, found, expectation) ?? missingDevices(metric, found, { measurements, devices });
  for (const all of found) {
    for (const limit of limitsOf(expectation, all.better)) {
      const measurement = isWrongResult({ ...all, ...limit }) ? worstSample(all) : all;
      const shortfall = shortfallOf(measurement, limit, devices);
      if (!Number.isFinite(measurement.value)) error ??= unreadable([measurement]);
      else if (contradicts(measurement, limit, expectation)) error ??= contradictionOf(measurement, limit, shortfall);
      else if (!reaches(measurement.value, limit)) {
        const doubt = isIndependentOfLoad(shortfall) ? null : whyDoubted(measurement, limit, evidence);
        if (doubt === null) shortfalls.push(shortfall);
        else error ??= { type: 'Inconclusive', message: `${formatShortfall(shortfall)}, but ${doubt}` };
      }
    }
  }
  return { shortfalls: worstFirst(shortfalls), error };
}

/** Wrong results are judged by the worst sample: a median would hide a single one. */
function worstSample(measurement: Measurement): Measurement {
  const worst = Math.max(...measurement.samples);
  return { ...measurement, value: worst, samples: [worst] };
}

/** Whether samples lie on both sides of the limit, further apart than the tolerance. All samples of a count must agree. */
function contradicts(measurement: Measurement, limit: Limit, expectation: Expectation): boolean {
  const reached = measurement.samples.filter((sample) => reaches(sample, limit)).length;
  const bothSides = reached > 0 && reached < measurement.samples.length;
  return bothSides && (isCount(measurement) || measurement.spread > toleranceOf(expectation));
}

/** Why other load may have caused a shortfall; null if the samples without a doubt fall short as well. */
function whyDoubted({ samples }: Measurement, limit: Limit, evidence: Measured['evidence']): string | null {
  const doubts = evidence.flatMap((each) => each?.doubt ?? []);
  if (doubts.length === 0) return null;
  // If the numbers differ, a device is missing in some samples, and it is unknown which evidence belongs to which sample.
  const quiet = samples.length === evidence.length ? samples.filter((_, index) => !evidence[index]?.doubt) : [];
  if (quiet.length > 0 && !reaches(median(quiet), limit)) return null;
  const some = doubts.length < evidence.length ? `in ${doubts.length} of its ${evidence.length} samples ` : '';
  return `${some}${doubts[0]}`;
}

/** A fault counts like an error that was counted, and nothing excuses it. */
function faultShortfall(benchmark: string, { says, device, text }: Fault, devices: readonly RowDevice[]): Shortfall {
  const address = device === null ? null : addressOf(devices, device);
  return {
    ...{ metric: `${benchmark}.faults`, device, measured: 1, comparison: '<=', expected: 0, unit: 'faults' },
    ...(address !== null && { address }),
    says: text === '' ? says : `${says}: "${text}"`,
  };
}

function unreadable(measurements: readonly Measurement[]): RowError | null {
  const bad = measurements.find((measurement) => !Number.isFinite(measurement.value));
  return bad ? { type: 'UnreadableOutput', message: `${bad.metric} is not a finite number` } : null;
}

function shortfallOf(
  { metric, device, value, unit, exact }: Measurement,
  limit: Limit,
  devices: readonly RowDevice[]
): Shortfall {
  const address = device === null ? null : addressOf(devices, device);
  const optional = { ...(exact && { exact }), ...(address !== null && { address }) };
  return { metric, device, measured: value, unit, ...optional, ...limit };
}
