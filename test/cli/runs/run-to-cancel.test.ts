import { expect, test } from 'vitest';
import { runToCancel } from '../../../src/cli/runs/run-to-cancel.ts';
import type { RunUnderWay } from '../../../src/cli/runs/unfinished-runs.ts';

function underWay(run: string, schedule: string | null = null): RunUnderWay {
  return { run, temporalRunId: `id-of-${run}`, schedule, hasEnded: false, startedAt: new Date(), isCheck: false };
}

/** The latest first. */
const running = [
  underWay('fleet-20261130-020000'),
  underWay('fleet-nightly-2026-11-30T01:00:00Z', 'nightly'),
  underWay('fleet-20261129-230000'),
];

test.each([
  ['last', 0],
  ['last-1', 1],
  ['nightly', 1],
  ['230000', 2],
  ['fleet-20261129-230000', 2],
  ['id-of-fleet-20261130-020000', 0],
])('"%s" is one of the runs under way', (word, index) => {
  expect(runToCancel(word, running)).toBe(running[index]);
});

test('the only run needs no word', () => {
  expect(runToCancel(undefined, running.slice(1, 2))).toBe(running[1]);
});

test('a word that could be several runs is refused with the candidates', () => {
  expect(() => runToCancel('fleet-2026', running)).toThrow(
    '"fleet-2026" could be 2 runs: fleet-20261130-020000, fleet-20261129-230000'
  );
});

test.each([
  ['weekly', /^weekly is not running; running: fleet-20261130-020000, fleet-nightly-/],
  ['', / is not running; running: /],
  [undefined, /^several runs are running; name one: fleet-20261130-020000, /],
])('%j means no run, which says what is running', (word, message) => {
  expect(() => runToCancel(word, running)).toThrow(message);
});

test.each([
  ['last', 'last is not running'],
  [undefined, 'no run is running'],
])('without a run under way, %j is refused', (word, message) => {
  expect(() => runToCancel(word, [])).toThrow(message);
});
