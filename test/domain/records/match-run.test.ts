import { describe, expect, test } from 'vitest';
import { matchRuns } from '../../../src/domain/records/match-run.ts';

const runs = [
  { run: 'fleet-20261129-090000', temporalRunId: '0190dd', schedule: null, hasEnded: false },
  { run: 'fleet-2026-11-29T02:00:00Z', temporalRunId: '0190cc', schedule: 'nightly', hasEnded: true },
  { run: 'fleet-2026-11-28T02:00:00Z', temporalRunId: '0190bb', schedule: 'nightly', hasEnded: true },
  { run: 'by-hand', temporalRunId: '0190aa', schedule: null, hasEnded: true },
  { run: 'by-hand', temporalRunId: '018fff', schedule: null, hasEnded: true },
];

describe('a word for a run', () => {
  test.each([
    ['last', ['0190cc']],
    ['last-1', ['0190bb']],
    ['last-3', ['018fff']],
    ['last-4', []],
    ['fleet-20261129-090000', ['0190dd']],
    ['0190bb', ['0190bb']],
    ['nightly', ['0190cc']],
    ['by-hand', ['0190aa']],
    ['090000', ['0190dd']],
    ['11-28', ['0190bb']],
    ['0190a', ['0190aa']],
    ['018', ['018fff']],
    ['2026', ['0190dd', '0190cc', '0190bb']],
    ['nothing', []],
    ['', []],
    ['%', []],
  ])('%s means %j', (word, ids) => {
    expect(matchRuns(word, runs).map(({ temporalRunId }) => temporalRunId)).toEqual(ids);
  });

  test('last is the one that is under way if none has ended', () => {
    expect(matchRuns('last', runs.slice(0, 1))).toEqual(runs.slice(0, 1));
  });
});
