import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runIdAt } from '../../../src/cli/runs/start-run.ts';

test('a run id is the start time in UTC, to the second', () => {
  expect(runIdAt(new Date('2026-11-24T02:00:00.999Z'))).toBe('fleet-20261124-020000');
  expect(runIdAt(new Date('2026-11-24T02:00:00+05:30'))).toBe('fleet-20261123-203000');
});

test('run ids sort by time', () => {
  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, moments, (one, other) => {
      const [earlier, later] = one < other ? [one, other] : [other, one];
      expect(runIdAt(earlier) <= runIdAt(later)).toBe(true);
      expect(runIdAt(one)).toMatch(/^fleet-\d{8}-\d{6}$/);
    })
  );
});
