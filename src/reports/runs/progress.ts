import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { VerdictCounts } from '../../domain/verdicts/verdict.ts';
import { durationText, plural, stateText, verdictText } from '../counts.ts';
import { serverLines } from './server-lines.ts';
import { plain, verdictRole, type Style } from '../style.ts';
import { fit } from '../table.ts';

/** The state of a run, for the block that is redrawn on a terminal. */
export interface ProgressState extends Pick<FleetProgress, 'requested' | 'running' | 'ended'> {
  /** ISO 8601 */
  startedAt: string;
  /** Verdicts of the servers that have ended. */
  counts: VerdictCounts;
}

const MAX_SERVERS_SHOWN = 10;

/**
 * One line of totals, and the servers that have been running longest. No line is wider than the terminal.
 * @param now milliseconds since the epoch
 */
export function renderProgress(state: ProgressState, width: number, now: number): string {
  const longest = [...state.running].sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  const shown = longest.slice(0, MAX_SERVERS_SHOWN);
  const lines = [totalsLine(state, now)];
  for (const { serverId, since } of shown) lines.push(`  ${printable(serverId, 100)} ${elapsed(since, now)}`);
  if (longest.length > shown.length) lines.push(`  and ${plural(longest.length - shown.length, 'more server')}`);
  return lines.map((line) => fit(line, width)).join('\n');
}

function totalsLine({ requested, running, ended, counts, startedAt }: ProgressState, now: number): string {
  if (requested === null) return `selecting servers, ${elapsed(startedAt, now)}`;
  const bad = (['fail', 'error'] as const).filter((verdict) => counts[verdict] > 0);
  const badText = bad.length > 0 ? ` (${bad.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ')})` : '';
  const waiting = Math.max(0, requested - ended - running.length);
  const parts = [`${ended} of ${plural(requested, 'server')} done${badText}`, `${running.length} running`];
  if (waiting > 0) parts.push(`${waiting} waiting`);
  parts.push(elapsed(startedAt, now), ...remaining(ended, requested, now - Date.parse(startedAt)));
  return parts.join(', ');
}

/** An estimate from the average time so far. */
function remaining(ended: number, requested: number, elapsedMs: number): string[] {
  if (ended === 0 || ended >= requested || elapsedMs <= 0) return [];
  return [`about ${durationText(((elapsedMs / ended) * (requested - ended)) / 1000)} left`];
}

function elapsed(since: string, now: number): string {
  return durationText((now - Date.parse(since)) / 1000);
}

/** A server that has ended, in one line: for logs, pipes, and above the progress block. */
export function progressLine(row: ServerRow, style: Style = plain): string {
  const [first, ...others] = serverLines(row);
  const { serverId, text } = first!;
  const more = others.length > 0 ? `; and ${others.length} more` : '';
  const verdict = row.readiness === null ? verdictText(row.verdict) : stateText(row.verdict);
  return `${serverId} ${style(verdictRole(row.verdict), verdict)} ${text}${more}`.trimEnd();
}
