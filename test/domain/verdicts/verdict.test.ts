import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countVerdicts, verdicts, worstVerdict } from '../../../src/domain/verdicts/verdict.ts';

test('a server is as good as its worst benchmark: fail, error, pass, measured, skip', () => {
  expect(worstVerdict(['pass', 'error', 'fail'])).toBe('fail');
  expect(worstVerdict(['pass', 'error', 'measured'])).toBe('error');
  expect(worstVerdict(['skip', 'measured', 'pass'])).toBe('pass');
  expect(worstVerdict(['skip', 'measured'])).toBe('measured');
  expect(worstVerdict(['skip'])).toBe('skip');
  expect(worstVerdict([])).toBe('skip');
});

test('the counts of all verdicts add up to the number of servers', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...verdicts)), (of) => {
      const counts = countVerdicts(of);
      expect(Object.keys(counts)).toEqual([...verdicts]);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(of.length);
    })
  );
});
