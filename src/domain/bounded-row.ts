import type { ServerRow } from './server-row.ts';

/** Bytes of a row in a fleet report: 400 of them stay below the 2 MiB that a workflow result may have. */
export const ROW_LIMIT = 3_000;

const TEXT_BYTES = 400;

/**
 * A row small enough for the report of its fleet. What is cut stays whole in the server's own workflow: first long
 * texts, then evidence and measurements, then all but the first shortfalls, at last the benchmarks. The server's own verdict and
 * reason always stay.
 */
export function boundedRow(row: ServerRow): ServerRow {
  const steps = [cutTexts, withoutEvidence, withoutMeasurements, withFewShortfalls, withoutBenchmarks];
  return steps.reduce((bounded, step) => (sizeOf(bounded) <= ROW_LIMIT ? bounded : step(bounded)), row);
}

/** Bytes as JSON. */
export function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function cutTexts(row: ServerRow): ServerRow {
  return {
    ...row,
    reason: cut(row.reason),
    error: row.error && { type: cut(row.error.type), message: cut(row.error.message) },
    notes: row.notes.slice(0, 2).map(cut),
    benchmarks: row.benchmarks.map((benchmark) => ({
      ...benchmark,
      reason: cut(benchmark.reason),
      error: benchmark.error && { type: cut(benchmark.error.type), message: cut(benchmark.error.message) },
    })),
  };
}

function withoutEvidence(row: ServerRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map((benchmark) => ({ ...benchmark, evidence: null })) };
}

function withoutMeasurements(row: ServerRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map((benchmark) => ({ ...benchmark, measurements: [] })) };
}

function withFewShortfalls(row: ServerRow): ServerRow {
  const benchmarks = row.benchmarks.map((benchmark) => ({
    ...benchmark,
    reason: null,
    error: null,
    shortfalls: benchmark.shortfalls.slice(0, 1),
  }));
  return { ...row, benchmarks };
}

function withoutBenchmarks(row: ServerRow): ServerRow {
  return { ...row, benchmarks: [] };
}

function cut<Text extends string | null>(text: Text): Text {
  if (text === null || sizeOf(text) <= TEXT_BYTES) return text;
  const characters = [...text.slice(0, TEXT_BYTES)];
  while (sizeOf(characters.join('')) > TEXT_BYTES - 3) characters.pop();
  return `${characters.join('')}…` as Text;
}
