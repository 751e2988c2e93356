import type { RowError } from './failure.ts';
import { sizeOf } from './json-size.ts';
import { serverWorkflowId } from './server.ts';
import type { BenchmarkRow, ServerRow } from './server-row.ts';

/** Bytes of a row, at most: 50 of them fit into one report. */
export const MAX_ROW_BYTES = 30_000;

/** Something that a row can do without, if it has to. */
interface Step {
  part: string;
  /** Parts that are gone with it. */
  covers?: (part: string) => boolean;
  without: (row: ServerRow) => ServerRow;
}

/**
 * A row of at most `limit` bytes as JSON, from about 600 on. It says which parts it had to leave out; the server's own
 * workflow has them. First long texts go, then evidence, what the machine is if that is enough, else measurements before it, then all but the
 * first shortfalls, then the benchmarks, then what a check found, at last most of the reason. The verdict always stays.
 */
export function truncateRow(row: ServerRow, limit: number): ServerRow {
  if (sizeOf(row) <= limit) return row;
  const first = [texts(400), notes(2), evidence];
  const measured = without(row, limit, [...first, machine]);
  if (sizeOf(measured) <= limit) return measured;
  const more = [
    ...measurementsOf(row),
    machine,
    devices,
    ...[32, 8, 1].map(shortfalls),
    benchmarks,
    readiness,
    texts(80),
    notes(0),
    texts(20),
  ];
  return without(row, limit, [...first, ...more]);
}

function without(row: ServerRow, limit: number, steps: readonly Step[]): ServerRow {
  const workflowId = serverWorkflowId(row.serverId);
  let [kept, size] = [row, sizeOf(row)];
  for (const step of steps) {
    if (size <= limit) break;
    const before = kept.truncated?.parts ?? [];
    const parts = [...new Set([...before.filter((part) => !step.covers?.(part)), step.part])];
    const smaller = { ...step.without(kept), truncated: { parts, workflowId } };
    const smallerSize = sizeOf(smaller);
    if (smallerSize < size) [kept, size] = [smaller, smallerSize];
  }
  return kept;
}

function texts(bytes: number): Step {
  const cut = <Text extends string | null>(text: Text): Text => shortened(text, bytes);
  const cutError = (error: RowError | null): RowError | null =>
    error && { type: cut(error.type), message: cut(error.message) };
  return {
    part: 'long texts',
    without: (row) => ({
      ...row,
      classBy: cut(row.classBy),
      reason: cut(row.reason),
      error: cutError(row.error),
      notes: row.notes.map(cut),
      benchmarks: row.benchmarks.map((benchmark) => ({
        ...benchmark,
        reason: cut(benchmark.reason),
        error: cutError(benchmark.error),
      })),
    }),
  };
}

function notes(count: number): Step {
  const part = count === 0 ? 'notes' : 'further notes';
  return { part, without: (row) => ({ ...row, notes: row.notes.slice(0, count) }) };
}

const evidence: Step = {
  part: 'evidence',
  without: (row) => ({ ...row, benchmarks: row.benchmarks.map((each) => ({ ...each, evidence: null })) }),
};

const machine: Step = { part: 'machine', without: (row) => ({ ...row, machine: null }) };

const MEASUREMENTS = 'measurements of ';
const SHORTFALLS = 'all but the first ';

/** The benchmark with the most of them first. */
function measurementsOf({ benchmarks: of }: ServerRow): Step[] {
  const largest = [...of].sort((a, b) => b.measurements.length - a.measurements.length);
  return largest.map(({ benchmark }) => ({
    part: MEASUREMENTS + benchmark,
    without: (row) => mapped(row, (each) => (each.benchmark === benchmark ? { ...each, measurements: [] } : each)),
  }));
}

/** Which devices they are about, whose indexes stay. */
const devices: Step = {
  part: 'devices',
  without: (row) => mapped(row, ({ devices: _, ...each }) => each),
};

function shortfalls(count: number): Step {
  return {
    part: count === 1 ? `${SHORTFALLS}shortfall` : `${SHORTFALLS}${count} shortfalls`,
    covers: (part) => part.startsWith(SHORTFALLS),
    without: (row) =>
      mapped(row, (each) => {
        const few = { ...each, reason: null, shortfalls: each.shortfalls.slice(0, count) };
        return count === 1 ? { ...few, error: null } : few;
      }),
  };
}

const benchmarks: Step = {
  part: 'benchmarks',
  covers: (part) =>
    [evidence.part, devices.part].includes(part) || part.startsWith(MEASUREMENTS) || part.startsWith(SHORTFALLS),
  without: (row) => ({ ...row, benchmarks: [] }),
};

const readiness: Step = { part: 'readiness', without: (row) => ({ ...row, readiness: null }) };

function mapped(row: ServerRow, change: (benchmark: BenchmarkRow) => BenchmarkRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map(change) };
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
