import { expect, test } from 'vitest';
import type { ListedRun } from '../../../src/domain/records/stored-runs.ts';
import { countVerdicts } from '../../../src/domain/verdicts/verdict.ts';
import { runListingText } from '../../../src/reports/listings/run-listing.ts';
import { textWidth } from '../../../src/reports/text-width.ts';

const none = countVerdicts([]);

function listed(about: Partial<ListedRun>): ListedRun {
  return {
    ...{ run: 'fleet-20261129-020000', temporalRunId: '0190', startedAt: '2026-11-29T02:00:00.000Z' },
    ...{ endedAt: '2026-11-29T02:21:00.000Z', seconds: 1260.2, isCancelled: false, note: null, schedule: null },
    ...{ retryOf: null, requested: 10, counts: { ...none, pass: 10 }, ...about },
  };
}

const runs = [
  listed({ run: 'fleet-20261129-090000', endedAt: null, seconds: null, counts: { ...none, pass: 2, fail: 1 } }),
  listed({ counts: { ...none, pass: 6, fail: 2, error: 1, not_reached: 1 }, schedule: 'nightly', note: 'with gpu' }),
  listed({
    run: 'by-hand',
    isCancelled: true,
    counts: { ...none, cancelled: 1, not_reached: 9 },
    note: 'after the move',
  }),
];

test('one line for each run, the note last', () => {
  expect(runListingText(runs, { timeZone: 'UTC' })).toBe(`\
started          result                                 time run                   note
2026-11-29 02:00 running: 3 of 10 servers ended, 1 fail -    fleet-20261129-090000
2026-11-29 02:00 6 pass, 2 fail, 1 error, 1 not reached 21m  fleet-20261129-020000 nightly: with gpu
2026-11-29 02:00 cancelled: 1 cancelled, 9 not reached  21m  by-hand               after the move
`);
});

test('a retry names the earlier run once, with a note of its own or not', () => {
  const textOf = (about: Partial<ListedRun>): string => runListingText([listed({ retryOf: 'fleet-1', ...about })]);
  expect(textOf({ note: null })).toMatch(/ retry of fleet-1$/m);
  expect(textOf({ note: 'retry of fleet-1' })).toMatch(/ retry of fleet-1$/m);
  expect(textOf({ note: 'new fans' })).toMatch(/ retry of fleet-1: new fans$/m);
});

test('a run without an end is unfinished if no Temporal runs', () => {
  expect(runListingText(runs.slice(0, 1), { canRun: false })).toContain('unfinished: 3 of 10 servers ended, 1 fail');
});

test.each([40, 60, 80, 100, 120, 200])('no line is wider than %i columns, and each has the id', (width) => {
  const text = runListingText(runs, { width, timeZone: 'UTC' });
  for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  for (const { run } of runs) expect(text).toContain(run);
});

test('a narrow terminal gets two lines for each run', () => {
  expect(runListingText(runs.slice(1, 2), { width: 50, timeZone: 'UTC' })).toBe(`\
2026-11-29 02:00 6 pass, 2 fail, 1 error, 1 not r…
  fleet-20261129-020000, 21m, nightly: with gpu
`);
});

test('hostile ids and notes are printable text', () => {
  const hostile = 'a\u001b[31m\nb';
  expect(runListingText([listed({ run: hostile, note: hostile, schedule: hostile })])).not.toMatch(/\u001b|a\n/);
});
