import { complete, type BenchmarkRow, type ServerRow } from './server-row.ts';
import { worstBenchmarksFirst } from './shortfall-advice.ts';
import { worstVerdict } from './verdict.ts';

/** The row of a server whose benchmarks were judged. It has the verdict, reason and error of the worst one. */
export function judgedRow(
  facts: Pick<ServerRow, 'serverId' | 'hardwareClass' | 'startedAt' | 'seconds'> &
    Partial<Pick<ServerRow, 'classBy' | 'machine' | 'identity'>>,
  benchmarks: BenchmarkRow[],
  notes: string[] = []
): ServerRow {
  const verdict = worstVerdict(benchmarks.map((row) => row.verdict));
  const worst = worstBenchmarksFirst(benchmarks).filter((row) => row.verdict === verdict);
  const reasons = worst.flatMap((row) => row.reason ?? []);
  const error = verdict === 'error' ? (worst[0]?.error ?? null) : null;
  const { serverId, hardwareClass, classBy = null, machine = null, identity = null, startedAt, seconds } = facts;
  const reason = reasons.length > 0 ? reasons.join('; ') : null;
  const about = { serverId, hardwareClass, classBy, machine, identity };
  return { ...about, verdict, reason, error, startedAt, seconds, benchmarks, notes, readiness: null, ...complete };
}
