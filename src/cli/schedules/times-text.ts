import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../../source/duration.ts';

type Spec = ScheduleDescription['spec'];
type Calendar = NonNullable<Spec['calendars']>[number];
type Interval = NonNullable<Spec['intervals']>[number];

interface Range {
  start: number | string;
  end: number | string;
  step: number;
}

/** `0 2 * * MON-FRI`, `every 6h`: when a schedule fires. Temporal keeps a cron text as a calendar, not as it was written. */
export function timesText({ calendars = [], intervals = [] }: Pick<Spec, 'calendars' | 'intervals'>): string {
  return [...calendars.map(cronText), ...intervals.map(intervalText)].join(' and ') || 'never';
}

/** Temporal's cron format: five fields, then the year if it is limited, and seconds first if they are not 0. */
function cronText({ second, minute, hour, dayOfMonth, month, dayOfWeek, year }: Calendar): string {
  const days = [field(minute, 0, 59), field(hour, 0, 23), field(dayOfMonth, 1, 31)];
  const fields = [...days, field(month, 'JAN', 'DEC'), field(dayOfWeek, 'SUN', 'SAT')];
  const seconds = field(second, 0, 59);
  if (seconds === '0') return [...fields, ...(year.length > 0 ? [field(year, 0, 0)] : [])].join(' ');
  return [seconds, ...fields, field(year, 0, 0)].join(' ');
}

/** No range: any value. */
function field(ranges: readonly Range[], first: number | string, last: number | string): string {
  return ranges.map((range) => rangeText(range, first, last)).join(',') || '*';
}

function rangeText({ start, end, step }: Range, first: number | string, last: number | string): string {
  const [from, to] = [start, end].map(shortName) as [number | string, number | string];
  if (from === to) return String(from);
  const values = from === first && to === last ? '*' : `${from}-${to}`;
  return step > 1 ? `${values}/${step}` : values;
}

/** `MONDAY` is `MON`. */
function shortName(value: number | string): number | string {
  return typeof value === 'string' ? value.slice(0, 3) : value;
}

function intervalText({ every, offset }: Interval): string {
  return `every ${formatDuration(every)}${offset > 0 ? `, offset ${formatDuration(offset)}` : ''}`;
}
