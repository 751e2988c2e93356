import { grouped } from '../values/grouped.ts';
import { shortList } from '../values/short-list.ts';
import { judgedRow } from '../verdicts/judged-row.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';
import { isIndependentOfLoad } from '../verdicts/shortfall-advice.ts';
import { formatShortfall, shortfallTexts } from '../verdicts/shortfalls.ts';

/** The first digits of an identity depend on the host key only. */
const HOST_KEY_DIGITS = 8;

/** Seconds are rounded to tenths: a server that started just when another one ended did not overlap with it. */
const ROUNDING_MS = 50;

/**
 * Adds a note to servers that seem to be one machine. Their shortfalls are `Inconclusive` if they were measured at the same
 * time. Servers that share only a host key get a note, and keep their verdict.
 */
export function withSameMachines(rows: readonly ServerRow[]): ServerRow[] {
  const known = rows.filter(({ identity }) => identity !== null);
  const machines = grouped(known, ({ identity }) => identity!);
  const hostKeys = grouped(known, ({ identity }) => identity!.slice(0, HOST_KEY_DIGITS));
  const beside = new Map([...machines.values()].flatMap(measuredTogether));
  return rows.map((row) => {
    if (row.identity === null) return row;
    const same = others(machines.get(row.identity)!, row);
    if (same !== null) {
      const note = `seems to be the same machine as ${same}: same host key and machine id`;
      return inDoubt({ ...row, notes: [note, ...row.notes] }, beside.get(row));
    }
    const clones = others(hostKeys.get(row.identity.slice(0, HOST_KEY_DIGITS))!, row);
    if (clones === null) return row;
    return { ...row, notes: [`has the same host key as ${clones}: they are copies of one image`, ...row.notes] };
  });
}

/** The servers whose row {@link withSameMachines} changes. */
export function changedBySameMachines(rows: readonly ServerRow[]): Set<string> {
  const changed = withSameMachines(rows).filter((row, index) => row !== rows[index]);
  return new Set(changed.map(({ serverId }) => serverId));
}

/** `web-1`, `web-1 and 2 more`; null: none. */
function others(group: readonly ServerRow[], row: ServerRow): string | null {
  const ids = group.filter((each) => each !== row).map(({ serverId }) => serverId);
  return ids.length === 0 ? null : shortList(ids, 1);
}

/** The rows of a machine that overlap in time with another one, each with the id of the other. */
function measuredTogether(group: readonly ServerRow[]): [ServerRow, string][] {
  const times = group.flatMap((row) => {
    if (row.startedAt === null || row.seconds === null) return [];
    const start = Date.parse(row.startedAt);
    return [{ row, start, end: start + row.seconds * 1000 - ROUNDING_MS }];
  });
  times.sort((a, b) => a.start - b.start);
  const found: [ServerRow, string][] = [];
  let longest = times[0];
  for (const [index, time] of times.entries()) {
    const next = times[index + 1];
    if (longest && longest !== time && longest.end > time.start) found.push([time.row, longest.row.serverId]);
    else if (next && next.start < time.end) found.push([time.row, next.row.serverId]);
    if (longest === undefined || time.end > longest.end) longest = time;
  }
  return found;
}

function inDoubt(row: ServerRow, beside: string | undefined): ServerRow {
  if (row.verdict !== 'fail' || beside === undefined) return row;
  const but = `but ${beside}, which seems to be the same machine, was measured at the same time`;
  const benchmarks = row.benchmarks.map((benchmark) => doubted(benchmark, but));
  if (benchmarks.length > 0) return { ...row, ...judgedRow(row, benchmarks, row.notes) };
  const error = { type: 'Inconclusive', message: `${row.reason ?? 'fell short'}, ${but}` };
  return { ...row, verdict: 'error', reason: error.message, error };
}

/** Keeps shortfalls that no load can cause: missing devices and wrong results. */
function doubted(row: BenchmarkRow, but: string): BenchmarkRow {
  const certain = row.shortfalls.filter(isIndependentOfLoad);
  const others = row.shortfalls.filter((each) => !certain.includes(each));
  if (row.verdict !== 'fail' || (certain.length > 0 && others.length === 0)) return row;
  const short = others.map(formatShortfall).join('; ') || (row.reason ?? row.benchmark);
  const error = { type: 'Inconclusive', message: `${short}, ${but}` };
  if (certain.length > 0) return { ...row, reason: shortfallTexts(certain).join('; '), error, shortfalls: certain };
  return { ...row, verdict: 'error', reason: error.message, error, shortfalls: [] };
}
