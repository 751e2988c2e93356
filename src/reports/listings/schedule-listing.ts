import type { Verdict, VerdictCounts } from '../../domain/verdicts/verdict.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { countsText, durationText } from '../counts.ts';
import { plain, verdictRole, type Style } from '../style.ts';
import { headedTable, table } from '../table.ts';

/** What `fleetmark schedule list --json` prints for each schedule. Temporal knows no more of it: it may be made by hand. */
export interface ListedSchedule {
  name: string;
  /** `0 2 * * *` */
  times: string;
  timezone: string;
  jitterSeconds: number;
  /** How late a run may start, after Temporal was away. */
  catchUpSeconds: number;
  /** What happens at a time when an earlier run has not ended: `skip`. */
  overlap: string;
  paused: boolean;
  pauseNote: string | null;
  note: string | null;
  /** The input of its runs: what they select. */
  input: unknown;
  /** The next times, ISO 8601; empty if it is paused. */
  next: string[];
  /** How many times were skipped because an earlier run had not ended. */
  skippedByOverlap: number;
  /** How many times passed while Temporal was away for longer than the catch-up time. */
  missed: number;
  /** The last one first; a list has only that one. */
  runs: ScheduledRun[];
}

export interface ScheduledRun {
  run: string;
  temporalRunId: string;
  startedAt: string;
  /** Of the workflow: `running`, `completed`, ...; `unknown`: Temporal no longer knows it. */
  status: string;
  /** Why it failed, for example because a server is unknown; null if it did not. */
  reason: string | null;
  /** The worst one of its servers; null: not known. */
  verdict: Verdict | null;
  counts: VerdictCounts | null;
}

const TEXT_LIMIT = 200;

/** One line for each schedule; `-` means none. Times are in the time zone of the schedule. */
export function scheduleListingText(
  schedules: readonly ListedSchedule[],
  style: Style = plain,
  width = Infinity
): string {
  if (schedules.length === 0) return 'no schedules\n';
  const head = ['schedule', 'when', 'next', 'last', 'result', 'note'];
  const rows = schedules.map(({ name, timezone, note, runs: [last], ...schedule }) => [
    cellText(name),
    cellText(`${schedule.times} ${timezone}`),
    schedule.paused ? { text: 'paused', role: 'doubtful' as const } : timeText(schedule.next[0], timezone),
    timeText(last?.startedAt, timezone),
    last === undefined ? '-' : resultCell(last),
    cellText(note ?? '-'),
  ]);
  return `${headedTable(head, rows, style, width).join('\n')}\n`;
}

/** What it selects, when it fires, and its last runs. */
export function scheduleText(schedule: ListedSchedule, style: Style = plain, width = Infinity): string {
  const { name, times, timezone, input, next, runs } = schedule;
  const facts: [string, string][] = [
    ['when', cellText(`${times} ${timezone}`)],
    ['how', howText(schedule)],
    ['input', printable(JSON.stringify(input ?? {}), 2000)],
    ['next', schedule.paused ? pausedText(schedule) : nextText(next, timezone)],
  ];
  const shown = facts.map(([fact, text]) => [`  ${fact}`, text]);
  const head = [style('strong', cellText(name)), ...table(shown, plain, width)];
  const lines = runs.map((run) => [`  ${timeText(run.startedAt, timezone)}`, cellText(run.run), resultCell(run)]);
  return `${[...head, ...(lines.length === 0 ? ['  no runs yet'] : ['', ...table(lines, style, width)])].join('\n')}\n`;
}

/** `2026-11-30 02:00, 2026-12-01 02:00, 2026-12-02 02:00` */
function nextText(next: readonly string[], timezone: string): string {
  const times = next.slice(0, 3).map((time) => timeText(time, timezone));
  return times.join(', ') || 'never';
}

function howText({ jitterSeconds, catchUpSeconds, overlap, skippedByOverlap, missed }: ListedSchedule): string {
  const lost = missed === 0 ? '' : `, ${missed} missed so far`;
  const late = `up to ${durationText(catchUpSeconds)} late after an outage of Temporal${lost}`;
  const skipped = skippedByOverlap === 0 ? '' : `, ${skippedByOverlap} so far`;
  const meanwhile =
    overlap === 'skip' ? `skipped while an earlier run goes on${skipped}` : `overlap: ${printable(overlap, 60)}`;
  const jitter = jitterSeconds === 0 ? [] : [`a random delay of up to ${durationText(jitterSeconds)}`];
  return [...jitter, late, meanwhile].join('; ');
}

function pausedText({ pauseNote }: ListedSchedule): string {
  return pauseNote === null ? 'paused' : `paused: ${cellText(pauseNote)}`;
}

function resultCell({ status, reason, verdict, counts }: ScheduledRun) {
  if (counts !== null && verdict !== null) return { text: countsText({ counts }), role: verdictRole(verdict) };
  const isBad = ['failed', 'terminated', 'timed_out'].includes(status);
  const text = isBad ? `no result: ${cellText(reason ?? status.replace('_', ' '))}` : printable(status, 60);
  return { text, role: isBad ? ('doubtful' as const) : ('muted' as const) };
}

/** `2026-11-30 02:00` in this time zone; in UTC, with a mark, if it is unknown here. */
function timeText(time: string | undefined, timezone: string): string {
  if (time === undefined) return '-';
  const format = { dateStyle: 'short', timeStyle: 'short', timeZone: timezone } as const;
  try {
    return new Intl.DateTimeFormat('sv-SE', format).format(new Date(time));
  } catch {
    return `${new Intl.DateTimeFormat('sv-SE', { ...format, timeZone: 'UTC' }).format(new Date(time))}Z`;
  }
}

function cellText(text: string): string {
  return printable(text, TEXT_LIMIT) || '-';
}
