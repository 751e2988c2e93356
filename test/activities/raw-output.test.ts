import { expect, test } from 'vitest';
import { rawOutput } from '../../src/activities/raw-output.ts';

test('short output is kept unchanged, both streams of every sample', () => {
  const raw = rawOutput([
    { stdout: 'one', stderr: 'warning' },
    { stdout: 'two', stderr: '' },
  ]);
  expect(raw).toBe('one\nwarning\ntwo');
});

test('long output keeps head and tail, within 16,000 characters for all samples', () => {
  const long = { stdout: `head${'x'.repeat(100_000)}tail`, stderr: '' };
  const raw = rawOutput([long, long, long]);
  expect(raw.length).toBeLessThanOrEqual(16_100);
  expect(raw.match(/head/g)).toHaveLength(3);
  expect(raw.match(/tail/g)).toHaveLength(3);
});
