import type { FleetProgress, RunningServer } from '../../domain/reports/fleet-progress.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { VerdictCounts } from '../../domain/verdicts/verdict.ts';
import { durationText, plural, stateText, verdictText } from '../counts.ts';
import { serverLines } from './server-lines.ts';
import { plain, verdictRole, type Style } from '../style.ts';
import { fit, table, wrapped } from '../table.ts';

/** The state of a run, for the block that is redrawn on a terminal. */
export interface ProgressState extends Pick<FleetProgress, 'requested' | 'ended'> {
  running: readonly ShownServer[];
  /** ISO 8601 */
  startedAt: string;
  /** Verdicts of the servers that have ended. */
  counts: VerdictCounts;
  /** Null: nothing is known. */
  secondsLeft: number | null;
}

export interface ShownServer extends RunningServer {
  /** `cpu, sample 2 of 3`; undefined: unknown. */
  step?: string | undefined;
  /** How long it took before; undefined: unknown. */
  seconds?: number | undefined;
}

const MAX_SERVERS_SHOWN = 10;

/**
 * One line of totals, and the servers that have been running longest. No line is wider than the terminal.
 * @param now milliseconds since the epoch
 */
export function renderProgress(state: ProgressState, width: number, now: number): string {
  const shown = longestRunning(state.running, MAX_SERVERS_SHOWN);
  const hasPercent = shown.some(({ seconds }) => seconds !== undefined);
  const rows = shown.map((server) => [
    `  ${printable(server.serverId, 100)}`,
    elapsed(server.since, now),
    ...(hasPercent ? [percentText(server, now)] : []),
    server.step ?? '',
  ]);
  const lines = [...wrapped(totalsLine(state, now), width, '  '), ...table(rows)];
  if (state.running.length > shown.length)
    lines.push(`  and ${plural(state.running.length - shown.length, 'more server')}`);
  return lines.map((line) => fit(line, width)).join('\n');
}

/** The same in one line, for a log: the totals, and the server that has been running longest. */
export function heartbeatLine(state: ProgressState, now: number): string {
  const [first] = longestRunning(state.running, 1);
  if (first === undefined) return totalsLine(state, now);
  const about = [elapsed(first.since, now), percentText(first, now), first.step ?? ''].filter((text) => text !== '');
  return `${totalsLine(state, now)}; longest: ${printable(first.serverId, 100)} ${about.join(', ')}`;
}

function longestRunning(running: readonly ShownServer[], max: number): ShownServer[] {
  return [...running].sort((a, b) => Date.parse(a.since) - Date.parse(b.since)).slice(0, max);
}

function totalsLine({ requested, running, ended, counts, startedAt, secondsLeft }: ProgressState, now: number): string {
  if (requested === null) return `selecting servers, ${elapsed(startedAt, now)}`;
  const bad = (['fail', 'error'] as const).filter((verdict) => counts[verdict] > 0);
  const badText = bad.length > 0 ? ` (${bad.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ')})` : '';
  const waiting = Math.max(0, requested - ended - running.length);
  const parts = [`${ended} of ${plural(requested, 'server')} done${badText}`, `${running.length} running`];
  if (waiting > 0) parts.push(`${waiting} waiting`);
  parts.push(elapsed(startedAt, now));
  if (secondsLeft !== null && secondsLeft > 0 && ended < requested) parts.push(leftText(secondsLeft));
  return parts.join(', ');
}

/** Not finer than it can be known: `about 3m left`, `about 1h 20m left`. */
function leftText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return 'less than a minute left';
  const shown = minutes < 60 ? minutes : Math.round(minutes / 5) * 5;
  return `about ${durationText(shown * 60)} left`;
}

/** `45 %` of the time that the server took before; or that it takes longer. */
function percentText({ since, seconds }: ShownServer, now: number): string {
  if (seconds === undefined || seconds <= 0) return '';
  const share = Math.max(0, now - Date.parse(since)) / 1000 / seconds;
  return share < 1 ? `${Math.floor(share * 100)} %` : 'longer than before';
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
