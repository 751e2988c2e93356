import { expect, test } from 'vitest';
import type { ScheduleDescription } from '@temporalio/client';
import { timesText } from '../../../src/cli/schedules/times-text.ts';

type Calendar = NonNullable<ScheduleDescription['spec']['calendars']>[number];

const [allMonths, allDays] = [
  { start: 'JANUARY', end: 'DECEMBER', step: 1 } as const,
  { start: 'SUNDAY', end: 'SATURDAY', step: 1 } as const,
];

/** As Temporal describes a cron text. */
function calendar(more: Partial<Calendar>): Calendar {
  return {
    second: [{ start: 0, end: 0, step: 1 }],
    minute: [{ start: 0, end: 0, step: 1 }],
    hour: [{ start: 2, end: 2, step: 1 }],
    dayOfMonth: [{ start: 1, end: 31, step: 1 }],
    month: [allMonths],
    year: [],
    dayOfWeek: [allDays],
    comment: '',
    ...more,
  };
}

test.each<[string, Partial<Calendar>]>([
  ['0 2 * * *', {}],
  ['*/15 2 * * *', { minute: [{ start: 0, end: 59, step: 15 }] }],
  ['1-59/20 2 * * *', { minute: [{ start: 1, end: 59, step: 20 }] }],
  [
    '0 0-6,22 * * *',
    {
      hour: [
        { start: 0, end: 6, step: 1 },
        { start: 22, end: 22, step: 1 },
      ],
    },
  ],
  ['0 2 1 * *', { dayOfMonth: [{ start: 1, end: 1, step: 1 }] }],
  ['0 2 * JAN-MAR *', { month: [{ start: 'JANUARY', end: 'MARCH', step: 1 }] }],
  ['0 2 * * MON-FRI', { dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }] }],
  ['0 2 * * * 2027', { year: [{ start: 2027, end: 2027, step: 1 }] }],
  ['30 0 2 * * * *', { second: [{ start: 30, end: 30, step: 1 }] }],
  ['* 0 2 * * * *', { second: [{ start: 0, end: 59, step: 1 }] }],
])('a calendar of Temporal is shown as the cron text %s', (text, more) => {
  expect(timesText({ calendars: [calendar(more)] })).toBe(text);
});

test('intervals and several calendars are shown, too', () => {
  const hours = { every: 6 * 3_600_000, offset: 0 };
  expect(timesText({ intervals: [hours] })).toBe('every 6h');
  expect(timesText({ intervals: [{ ...hours, offset: 300_000 }] })).toBe('every 6h, offset 5m');
  expect(timesText({ calendars: [calendar({}), calendar({})], intervals: [hours] })).toBe(
    '0 2 * * * and 0 2 * * * and every 6h'
  );
  expect(timesText({})).toBe('never');
});
