import { afterEach, expect, test, vi } from 'vitest';
import { withinBudget } from '../../src/outputs/budget.ts';
import { DeviceNumbers } from '../../src/outputs/device-numbers.ts';

afterEach(() => vi.useRealTimers());

test('what is matched within a table or a list is counted once', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const match = () => {
    vi.advanceTimersByTime(300);
    return [];
  };
  const devices = new DeviceNumbers({ gpus: [], firstGpu: null });
  const reader = withinBudget({ match, limit: (_, work) => work(), devices }, 0);
  const read = () => reader.limit(1, () => reader.match('a', 'b', 'all'));
  for (let count = 0; count < 4; count += 1) expect(read()).toEqual([]);
  expect(read).toThrow('reading the output takes longer than 1000 ms');
});
