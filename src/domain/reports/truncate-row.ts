import type { RowError } from '../failures/failure.ts';
import { sizeOf } from '../values/json-value.ts';
import { serverWorkflowId } from '../servers/server.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';
import { wrongFirst } from '../verdicts/shortfall-advice.ts';

/** Maximum size of a row in bytes: 50 rows fit into one report. */
export const MAX_ROW_BYTES = 30_000;

/** The limit that a run asks for, within that of any row. */
export function rowLimit(asked: number | undefined): number {
  return Number.isSafeInteger(asked) ? Math.min(asked!, MAX_ROW_BYTES) : MAX_ROW_BYTES;
}

/** Removes a part of a row that is not essential. */
interface Step {
  part: string;
  /** Earlier parts that this part includes. */
  covers?: RegExp;
  without: (row: ServerRow) => ServerRow;
}

/**
 * Truncates a row to `limit` bytes of JSON, at least about 600, and names the truncated parts, which the server's own
 * workflow still has. The order: long texts, evidence, machine facts if that is enough, otherwise measurements and then
 * machine facts, all but the first shortfalls, benchmarks, readiness, and last most of the reason. The verdict always stays.
 */
export function truncateRow(row: ServerRow, limit: number): ServerRow {
  if (sizeOf(row) <= limit) return row;
  const kept = without(row, limit, [texts(400), notes(2), evidence]);
  const measured = without(kept, limit, [machine]);
  if (sizeOf(measured) <= limit) return measured;
  const more = [...measurementsOf(row), machine, devices, ...[32, 8, 1].map(shortfalls), benchmarks, readiness];
  return without(kept, limit, [...more, texts(80), notes(0), texts(20)]);
}

/** Applies steps until the row fits. Skips a step that does not make the row smaller. */
function without(row: ServerRow, limit: number, steps: readonly Step[]): ServerRow {
  let [kept, size] = [row, sizeOf(row)];
  for (const { part, covers, without: take } of steps) {
    if (size <= limit) break;
    const earlier = kept.truncated?.parts.filter((each) => !covers?.test(each)) ?? [];
    const truncated = { parts: [...new Set([...earlier, part])], workflowId: serverWorkflowId(row.serverId) };
    const rest = { ...take(kept), truncated };
    const smaller = sizeOf(rest);
    if (smaller < size) [kept, size] = [rest, smaller];
  }
  return kept;
}

function texts(bytes: number): Step {
  const cut = <Text extends string | null>(text: Text): Text => shortened(text, bytes);
  const cutError = (error: RowError | null): RowError | null =>
    error && { type: cut(error.type), message: cut(error.message) };
  const cutReason = <Row extends ServerRow | BenchmarkRow>(row: Row): Row => ({
    ...row,
    reason: cut(row.reason),
    error: cutError(row.error),
  });
  return {
    part: 'long texts',
    without: (row) => ({
      ...eachBenchmark(cutReason(row), cutReason),
      classBy: cut(row.classBy),
      notes: row.notes.map(cut),
    }),
  };
}

function notes(count: number): Step {
  const part = count === 0 ? 'notes' : 'further notes';
  return { part, without: (row) => ({ ...row, notes: row.notes.slice(0, count) }) };
}

const evidence: Step = {
  part: 'evidence',
  without: (row) => eachBenchmark(row, (each) => ({ ...each, evidence: null })),
};

const machine: Step = { part: 'machine', without: (row) => ({ ...row, machine: null }) };

/** One step for each benchmark, the one with the most measurements first. */
function measurementsOf({ benchmarks: of }: ServerRow): Step[] {
  const largest = [...of].sort((a, b) => b.measurements.length - a.measurements.length);
  return largest.map(({ benchmark }) => ({
    part: `measurements of ${benchmark}`,
    without: (row) => eachBenchmark(row, (each) => (each.benchmark === benchmark ? withoutMeasurements(each) : each)),
  }));
}

function withoutMeasurements({ limits: _, ...row }: BenchmarkRow): BenchmarkRow {
  return { ...row, measurements: [] };
}

/** The list of devices; shortfalls keep the index of their device. */
const devices: Step = {
  part: 'devices',
  without: (row) => eachBenchmark(row, ({ devices: _, ...each }) => each),
};

function shortfalls(count: number): Step {
  return {
    part: count === 1 ? 'all but the first shortfall' : `all but the first ${count} shortfalls`,
    covers: /^all but the first /,
    without: (row) =>
      eachBenchmark(row, (each) => {
        if (count > 1 && each.shortfalls.length <= count) return each;
        const few = { ...each, reason: null, shortfalls: wrongFirst(each.shortfalls).slice(0, count) };
        return count === 1 ? { ...few, error: null } : few;
      }),
  };
}

const benchmarks: Step = {
  part: 'benchmarks',
  covers: /^(evidence$|devices$|measurements of |all but the first )/,
  without: (row) => ({ ...row, benchmarks: [] }),
};

const readiness: Step = { part: 'readiness', without: (row) => ({ ...row, readiness: null }) };

function eachBenchmark(row: ServerRow, change: (benchmark: BenchmarkRow) => BenchmarkRow): ServerRow {
  return { ...row, benchmarks: row.benchmarks.map(change) };
}

function shortened<Text extends string | null>(text: Text, bytes: number): Text {
  // In JSON, no code unit takes more than 6 bytes.
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
