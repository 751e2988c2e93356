import type { RowError } from '../failures/failure.ts';
import { sizeOf } from '../values/json-value.ts';
import { serverWorkflowId } from '../servers/server.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';

/** Maximum size of a row in bytes: 50 rows fit into one report. */
export const MAX_ROW_BYTES = 30_000;

/** Something that a row can do without, if it has to. A step that finds nothing to take gives the row back as it is. */
interface Step {
  part: string;
  /** Parts that are gone with it. */
  covers?: (part: string) => boolean;
  without: (row: ServerRow) => ServerRow;
}

/**
 * A row of at most `limit` bytes as JSON, from about 600 on. It says which parts it had to leave out; the server's own
 * workflow has them. First long texts go, then evidence, what the machine is if that is enough, else measurements before
 * it, then all but the first shortfalls, then the benchmarks, then what a check found, at last most of the reason. The
 * verdict always stays.
 */
export function truncateRow(row: ServerRow, limit: number): ServerRow {
  const whole = { row, size: sizeOf(row) };
  if (whole.size <= limit) return row;
  const kept = without(whole, limit, [texts(400), notes(2), evidence]);
  const measured = without(kept, limit, [machine]);
  if (measured.size <= limit) return measured.row;
  const more = [...measurementsOf(row), machine, devices, ...[32, 8, 1].map(shortfalls), benchmarks, readiness];
  return without(kept, limit, [...more, texts(80), notes(0), texts(20)]).row;
}

interface Sized {
  row: ServerRow;
  size: number;
}

function without(from: Sized, limit: number, steps: readonly Step[]): Sized {
  let kept = from;
  for (const { part, covers, without: take } of steps) {
    if (kept.size <= limit) break;
    const rest = take(kept.row);
    if (rest === kept.row) continue;
    const parts = [...new Set([...(rest.truncated?.parts ?? []).filter((each) => !covers?.(each)), part])];
    const row = { ...rest, truncated: { parts, workflowId: serverWorkflowId(rest.serverId) } };
    const size = sizeOf(row);
    if (size < kept.size) kept = { row, size };
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
  return {
    part,
    without: (row) => (row.notes.length <= count ? row : { ...row, notes: row.notes.slice(0, count) }),
  };
}

const evidence: Step = {
  part: 'evidence',
  without: (row) => mapped(row, (each) => (each.evidence === null ? each : { ...each, evidence: null })),
};

const machine: Step = { part: 'machine', without: (row) => (row.machine === null ? row : { ...row, machine: null }) };

const MEASUREMENTS = 'measurements of ';
const SHORTFALLS = 'all but the first ';

/** The benchmark with the most of them first. */
function measurementsOf({ benchmarks: of }: ServerRow): Step[] {
  const largest = [...of].sort((a, b) => b.measurements.length - a.measurements.length);
  return largest.map(({ benchmark }) => ({
    part: MEASUREMENTS + benchmark,
    without: (row) =>
      mapped(row, (each) =>
        each.benchmark === benchmark && each.measurements.length > 0 ? { ...each, measurements: [] } : each
      ),
  }));
}

/** Which devices they are about, whose indexes stay. */
const devices: Step = {
  part: 'devices',
  without: (row) =>
    mapped(row, (each) => {
      const { devices: known, ...rest } = each;
      return known === undefined ? each : rest;
    }),
};

function shortfalls(count: number): Step {
  return {
    part: count === 1 ? `${SHORTFALLS}shortfall` : `${SHORTFALLS}${count} shortfalls`,
    covers: (part) => part.startsWith(SHORTFALLS),
    without: (row) =>
      mapped(row, (each) => {
        if (each.shortfalls.length <= count && (count > 1 || (each.reason ?? each.error) === null)) return each;
        const few = { ...each, reason: null, shortfalls: each.shortfalls.slice(0, count) };
        return count === 1 ? { ...few, error: null } : few;
      }),
  };
}

const benchmarks: Step = {
  part: 'benchmarks',
  covers: (part) =>
    [evidence.part, devices.part].includes(part) || part.startsWith(MEASUREMENTS) || part.startsWith(SHORTFALLS),
  without: (row) => (row.benchmarks.length === 0 ? row : { ...row, benchmarks: [] }),
};

const readiness: Step = {
  part: 'readiness',
  without: (row) => (row.readiness === null ? row : { ...row, readiness: null }),
};

function mapped(row: ServerRow, change: (benchmark: BenchmarkRow) => BenchmarkRow): ServerRow {
  const benchmarks = row.benchmarks.map(change);
  return benchmarks.every((each, index) => each === row.benchmarks[index]) ? row : { ...row, benchmarks };
}

function shortened<Text extends string | null>(text: Text, bytes: number): Text {
  // No character takes more than 6 bytes for each of its code units.
  if (text === null || text.length * 6 <= bytes || sizeOf(text) <= bytes) return text;
  const characters = [...text.slice(0, bytes)];
  let [fits, tooMany] = [0, characters.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (sizeOf(characters.slice(0, middle).join('')) <= bytes - 3) fits = middle;
    else tooMany = middle;
  }
  return `${characters.slice(0, fits).join('')}…` as Text;
}
