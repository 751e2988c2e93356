import { ownError } from '../../domain/reports/duplicate-messages.ts';
import type { BenchmarkRow, ServerRow } from '../../domain/verdicts/server-row.ts';
import { worstVerdict } from '../../domain/verdicts/verdict.ts';

/** A server has these results: those of its benchmarks, and one of its own if they do not explain its verdict. */
export interface ServerEntries {
  hasOwn: boolean;
  benchmarks: readonly BenchmarkRow[];
}

/** A busy or unreachable server has no benchmarks, and a truncated row has lost them. */
export function entriesOf(row: ServerRow): ServerEntries {
  const { benchmarks, verdict } = row;
  const explained = benchmarks.length > 0 && worstVerdict(benchmarks.map((each) => each.verdict)) === verdict;
  return { hasOwn: !explained || ownError(row) !== null, benchmarks };
}
