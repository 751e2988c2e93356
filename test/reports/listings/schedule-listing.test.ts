import { expect, test } from 'vitest';
import { countVerdicts } from '../../../src/domain/verdicts/verdict.ts';
import {
  scheduleListingText,
  scheduleText,
  type ListedSchedule,
  type ScheduledRun,
} from '../../../src/reports/listings/schedule-listing.ts';

const nightly: ListedSchedule = {
  ...{ name: 'nightly', times: '0 2 * * *', timezone: 'Europe/Oslo' },
  ...{ jitterSeconds: 600, catchUpSeconds: 3600, overlap: 'skip', skippedByOverlap: 0, missed: 0 },
  ...{ paused: false, pauseNote: null, note: 'every night', input: { limit: ['web-*'], note: 'every night' } },
  ...{ next: ['2026-11-30T01:00:00.000Z', '2026-12-01T01:00:00.000Z'], runs: [] },
};
const finished: ScheduledRun = {
  ...{ run: 'fleet-nightly-2026-11-29T01:00:00Z', temporalRunId: 'a', startedAt: '2026-11-29T01:00:00.020Z' },
  ...{ status: 'completed', reason: null, verdict: 'fail', counts: countVerdicts(['pass', 'pass', 'fail', 'skip']) },
};
const without = { ...finished, verdict: null, counts: null };

test('a list has a line for each schedule, with times in its time zone', () => {
  const schedules: ListedSchedule[] = [
    nightly,
    { ...nightly, name: 'weekly', times: '0 3 * * SUN', timezone: 'UTC', note: null, runs: [finished] },
    { ...nightly, name: 'six', times: 'every 6h', paused: true, next: [], runs: [{ ...without, status: 'running' }] },
    { ...nightly, name: 'odd', timezone: 'Local', runs: [{ ...without, status: 'timed_out' }] },
  ];
  expect(scheduleListingText(schedules).split('\n')).toEqual([
    'schedule when                  next              last              result                          note',
    'nightly  0 2 * * * Europe/Oslo 2026-11-30 02:00  -                 -                               every night',
    'weekly   0 3 * * SUN UTC       2026-11-30 01:00  2026-11-29 01:00  2 pass, 1 fail, 0 error, 1 skip -',
    'six      every 6h Europe/Oslo  paused            2026-11-29 02:00  running                         every night',
    'odd      0 2 * * * Local       2026-11-30 01:00Z 2026-11-29 01:00Z no result: timed out            every night',
    '',
  ]);
  expect(scheduleListingText([])).toBe('no schedules\n');
});

test('a schedule shows how it fires, what it selects and its last runs', () => {
  expect(scheduleText({ ...nightly, skippedByOverlap: 2, missed: 1, runs: [finished, without] }).split('\n')).toEqual([
    'nightly',
    '  when  0 2 * * * Europe/Oslo',
    '  how   a random delay of up to 10m; up to 1h late after an outage of Temporal, 1 missed so far; skipped while an earlier run goes on, 2 so far',
    '  input {"limit":["web-*"],"note":"every night"}',
    '  next  2026-11-30 02:00, 2026-12-01 02:00',
    '',
    '  2026-11-29 02:00 fleet-nightly-2026-11-29T01:00:00Z 2 pass, 1 fail, 0 error, 1 skip',
    '  2026-11-29 02:00 fleet-nightly-2026-11-29T01:00:00Z completed',
    '',
  ]);
  const paused = {
    ...nightly,
    jitterSeconds: 0,
    overlap: 'allow_all',
    paused: true,
    pauseNote: 'rack move',
    input: null,
  };
  const text = scheduleText(paused);
  expect(text).toContain('  how   up to 1h late after an outage of Temporal; overlap: allow_all\n');
  expect(text).toContain('  input {}\n  next  paused: rack move\n  no runs yet\n');
});

test('hostile names and notes stay on one line', () => {
  const hostile = '\u001b[2J\nx\u202e';
  const schedule: ListedSchedule = {
    ...{ ...nightly, name: hostile, note: hostile, times: hostile, timezone: hostile, overlap: hostile },
    ...{ paused: true, pauseNote: hostile, input: { note: hostile } },
    runs: [
      { ...without, run: hostile, status: hostile },
      { ...without, status: 'failed', reason: hostile },
    ],
  };
  for (const text of [scheduleListingText([schedule]), scheduleText(schedule)]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}]/u);
    expect(text).not.toMatch(/^x/m);
  }
});
