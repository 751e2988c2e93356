import type { RowError } from './failure.ts';
import type { ServerRow } from './server-row.ts';

/** Bytes of a row in a fleet report, if there is room. */
export const ROW_LIMIT = 3_000;

/**
 * A row small enough for the report of its fleet. What is cut stays whole in the server's own workflow: first long
 * texts, then evidence, what the machine is if that is enough, else measurements before it, then all but the first
 * shortfalls, then the benchmarks, then what a check found, at last most of the reason. The verdict always stays.
 * @param limit - bytes as JSON; from about 600 on it is kept
 */
export function boundedRow(row: ServerRow, limit = ROW_LIMIT): ServerRow {
  const fits = (of: ServerRow): boolean => sizeOf(of) <= limit;
  const cut = (from: ServerRow, ...steps: ((of: ServerRow) => ServerRow)[]): ServerRow =>
    steps.reduce((bounded, step) => (fits(bounded) ? bounded : step(bounded)), from);

  const measured = cut(row, withTextsOf(400), withoutEvidence, withoutMachine);
  if (fits(measured)) return measured;
  const parts = [withoutMeasurements, withoutMachine, withFewShortfalls, withoutBenchmarks, withoutReadiness];
  return cut(row, withTextsOf(400), withoutEvidence, ...parts, withTextsOf(80));
}

/** Bytes as JSON. */
export function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function withTextsOf(bytes: number): (row: ServerRow) => ServerRow {
  const cut = <Text extends string | null>(text: Text): Text => shortened(text, bytes);
  const cutError = (error: RowError | null): RowError | null =>
    error && { type: cut(error.type), message: cut(error.message) };
  return (row) => ({
    ...row,
    classBy: cut(row.classBy),
    reason: cut(row.reason),
    error: cutError(row.error),
    notes: row.notes.slice(0, 2).map(cut),
    benchmarks: row.benchmarks.map((benchmark) => ({
      ...benchmark,
      reason: cut(benchmark.reason),
      error: cutError(benchmark.error),
    })),
  });
}

function withoutEvidence(row: ServerRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map((benchmark) => ({ ...benchmark, evidence: null })) };
}

function withoutMeasurements(row: ServerRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map((benchmark) => ({ ...benchmark, measurements: [] })) };
}

function withoutMachine(row: ServerRow): ServerRow {
  return { ...row, machine: null };
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

function withoutReadiness(row: ServerRow): ServerRow {
  return { ...row, readiness: null };
}

function shortened<Text extends string | null>(text: Text, bytes: number): Text {
  if (text === null || sizeOf(text) <= bytes) return text;
  const characters = [...text.slice(0, bytes)];
  let [fits, tooMany] = [0, characters.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizeOf(characters.slice(0, middle).join('')) <= bytes - 3) fits = middle;
    else tooMany = middle;
  }
  return `${characters.slice(0, fits).join('')}…` as Text;
}
