import { sizeOf } from '../values/json-value.ts';
import type { BenchmarkRecord, ServerRecord } from './records.ts';

/** Maximum size of the input of an activity; Temporal rejects 2 MiB. */
const MAX_BYTES = 1_750_000;

/** A record that fits into the input of an activity: without raw output, evidence or samples if it is too large. */
export function fitRecord(record: ServerRecord, limit = MAX_BYTES): ServerRecord {
  let fitted = record;
  for (const take of [withoutRaw, withoutEvidence, withoutSamples]) {
    if (sizeOf(fitted) <= limit) break;
    fitted = { ...fitted, benchmarks: fitted.benchmarks.map(take) };
  }
  return fitted;
}

function withoutRaw(record: BenchmarkRecord): BenchmarkRecord {
  return { ...record, results: record.results.map(({ raw: _, ...rest }) => rest) };
}

function withoutEvidence(record: BenchmarkRecord): BenchmarkRecord {
  return { ...record, results: record.results.map(({ evidence: _, ...rest }) => rest) };
}

function withoutSamples(record: BenchmarkRecord): BenchmarkRecord {
  return { ...record, measurements: record.measurements.map((each) => ({ ...each, samples: [] })) };
}
