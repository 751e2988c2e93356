import { expect, test } from 'vitest';
import { contradictionOf, measuredAgainNote } from '../../../src/domain/verdicts/contradiction.ts';
import { summarize, type Reading } from '../../../src/domain/measurements/measurement.ts';

const atLeast = (expected: number) => ({ comparison: '>=', expected }) as const;

function measured(values: number[], device: number | null = null) {
  const about = { metric: 'cpu.rate', unit: 'events/s', better: 'higher', device } as const;
  return summarize(values.map((value): Reading => ({ ...about, value })))[0]!;
}

test('a contradiction says the range of the samples, the limit and the median', () => {
  const { type, message } = contradictionOf(measured([330, 391, 420, 482, 510, 560]), atLeast(369), {});
  expect(type).toBe('Inconclusive');
  expect(message).toBe(
    '6 samples of cpu.rate contradict each other: from 330 to 560 events/s, on both sides of the limit >= 369 (median 451)'
  );
});

test('a contradiction of a device names it', () => {
  const { message } = contradictionOf(measured([40, 60], 3), atLeast(50), { address: '0000:c1:00.0' });
  expect(message).toMatch(
    /^2 samples of cpu\.rate of device 3 \(0000:c1:00\.0\) contradict each other: from 40 to 60 /
  );
});

test('a sample just beside the limit does not look like the limit', () => {
  const { message } = contradictionOf(measured([329.6, 560]), atLeast(330), {});
  expect(message).toContain('from 329.6 to 560 events/s, on both sides of the limit >= 330 ');
});

test('the note of a repeated benchmark says that the samples were the first ones', () => {
  const first = contradictionOf(measured([330, 391, 420]), atLeast(369), {});
  expect(measuredAgainNote('cpu', first)).toBe(
    'cpu was measured again: the first 3 samples of cpu.rate contradict each other: from 330 to 420 events/s, on both sides of the limit >= 369 (median 391)'
  );
  const lost = { type: 'JobLost', message: 'the server was restarted' };
  expect(measuredAgainNote('cpu', lost)).toBe('cpu was measured again: the server was restarted');
});

test('a median just beside the limit does not look like a number on its other side', () => {
  const { message } = contradictionOf(measured([369, 369.4, 500]), atLeast(369.2), {});
  expect(message).toContain('on both sides of the limit >= 369.2 (median 369.4)');
});
