import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseCpus, parseCpuList, parseCpuQuota } from '../../src/demo/measuring-cpus.ts';

describe('the CPUs to measure on', () => {
  test.each([
    ['0-1', [0, 1]],
    ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
    ['7', [7]],
    ['', []],
    ['0-', []],
    ['a', []],
  ])('are read from %j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus));

  test('are read from every list that the kernel can write', () => {
    const sets = fc.uniqueArray(fc.nat(300), { minLength: 1 }).map((cpus) => cpus.sort((a, b) => a - b));
    fc.assert(
      fc.property(sets, (cpus) => {
        const ranges: [number, number][] = [];
        for (const cpu of cpus) {
          const last = ranges.at(-1);
          if (last?.[1] === cpu - 1) last[1] = cpu;
          else ranges.push([cpu, cpu]);
        }
        const text = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
        expect(parseCpuList(text)).toEqual(cpus);
      })
    );
  });

  test.each([
    ['max 100000', Infinity],
    ['150000 100000', 1.5],
    ['', Infinity],
  ])('are limited by a quota of %j', (text, quota) => expect(parseCpuQuota(text)).toBe(quota));

  test('leave a core to Temporal, do not share a core, and are at most two', () => {
    expect(chooseCpus([0], [''], Infinity)).toEqual([0]);
    expect(chooseCpus([0, 1], ['0', '1'], Infinity)).toEqual([1]);
    expect(chooseCpus([0, 1, 2, 3], ['0-1', '0-1', '2-3', '2-3'], Infinity)).toEqual([3]);
    expect(chooseCpus([0, 1, 2, 3], ['', '', '', ''], Infinity)).toEqual([2, 3]);
    expect(chooseCpus([0, 1, 2, 3], ['0', '1', '2', '3'], 2)).toEqual([3]);
    expect(chooseCpus([0, 1, 2, 3], ['0', '1', '2', '3'], 0.5)).toEqual([3]);
  });
});
