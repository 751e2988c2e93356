import type { RowError } from '../failures/failure.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';

/**
 * A row for a report, with each error message in only one field: the benchmark's error, or otherwise the server's error.
 * No reason repeats a message.
 */
export function withoutDuplicateMessages(row: ServerRow): ServerRow {
  const benchmarks = row.benchmarks.map((each) =>
    each.error !== null && each.reason === each.error.message ? { ...each, reason: null } : each
  );
  const reason = row.reason === reasonOf({ ...row, reason: null }) ? null : row.reason;
  const error = ownError(row) ?? (row.error && errorOf(worstOf(row)));
  return { ...row, reason, error, benchmarks };
}

/** The error of the server itself; null if a benchmark has it. */
export function ownError(row: ServerRow): RowError | null {
  const worst = worstOf(row);
  const ofBenchmarks = [errorOf(worst), ...worst.map(({ error }) => error)];
  return ofBenchmarks.some((each) => each?.message === row.error?.message) ? null : row.error;
}

/** Why a row is not a plain pass, as one line, from the field that has the message; null for a plain pass. */
export function reasonOf(row: ServerRow): string | null {
  if (row.reason !== null) return row.reason;
  const messages = worstOf(row).flatMap(({ error }) => error?.message ?? []);
  return messages.length > 0 ? messages.join('; ') : (row.error?.message ?? null);
}

function worstOf({ verdict, benchmarks }: ServerRow): BenchmarkRow[] {
  return benchmarks.filter((row) => row.verdict === verdict);
}

/** `in benchmarks cpu, gpu`, with the error type of the first one. */
function errorOf(worst: readonly BenchmarkRow[]): RowError | null {
  const type = worst[0]?.error?.type;
  if (type === undefined) return null;
  const names = worst.map(({ benchmark }) => benchmark).join(', ');
  return { type, message: `in ${worst.length === 1 ? 'benchmark' : 'benchmarks'} ${names}` };
}
