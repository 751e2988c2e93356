import { expect, test } from 'vitest';
import { withinBudget } from '../../src/outputs/budget.ts';
import { DeviceNumbers } from '../../src/outputs/device-numbers.ts';
import { withoutCpu } from './without-cpu.ts';

const devices = new DeviceNumbers({ gpus: [], firstGpu: null });

test('what is matched within a table or a list is counted once', () => {
  let now = 0;
  const match = () => {
    now += 300;
    return [];
  };
  const startClock = () => {
    const began = now;
    return () => now - began;
  };
  const reader = withinBudget({ match, limit: (_, work) => work(), devices }, 0, startClock);
  const read = () => reader.limit(1, () => reader.match('a', 'b', 'all'));
  for (let count = 0; count < 4; count += 1) expect(read()).toEqual([]);
  expect(read).toThrow('reading the output takes longer than 1000 ms');
});

test('time in which this process waits for a CPU is not counted', () => {
  const match = () => {
    withoutCpu(1_100);
    return [];
  };
  const reader = withinBudget({ match, limit: (_, work) => work(), devices }, 0);
  for (let count = 0; count < 2; count += 1) expect(reader.match('a', 'b', 'all')).toEqual([]);
});
