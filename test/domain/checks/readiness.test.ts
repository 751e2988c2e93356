import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockDifference, clockNote } from '../../../src/domain/checks/readiness.ts';

test('the clock difference is within its stated uncertainty, for any response time', () => {
  const milliseconds = fc.integer({ min: 0, max: 60_000 });
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), milliseconds, milliseconds, (ahead, asked, answered) => {
      const before = 1_800_000_000_123;
      const server = Math.floor((before + asked + ahead) / 1000); // the server read its clock between these two times
      const { aheadSeconds, withinSeconds } = clockDifference(server, before, before + asked + answered);
      expect(Math.abs(aheadSeconds - ahead / 1000)).toBeLessThanOrEqual(withinSeconds + 0.1);
    })
  );
});

test('only a difference of certainly more than two seconds is reported', () => {
  expect(clockNote(null)).toBeNull();
  expect(clockNote({ aheadSeconds: 2.4, withinSeconds: 0.6 })).toBeNull();
  expect(clockNote({ aheadSeconds: 30, withinSeconds: 28 })).toBeNull();
  expect(clockNote({ aheadSeconds: 5.2, withinSeconds: 0.6 })).toBe("its clock is 5 s ahead of the worker's");
  expect(clockNote({ aheadSeconds: -3600, withinSeconds: 0.6 })).toBe("its clock is 3600 s behind the worker's");
});
