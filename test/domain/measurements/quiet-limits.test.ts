import { expect, test } from 'vitest';
import { whyBusy } from '../../../src/domain/measurements/quiet-limits.ts';
import { allOff } from '../../support/configuration.ts';

const limits = { ...allOff, cpu: 0.2, gpuProcesses: 0 };

test('a server whose CPUs others use above the limit is busy, and the reason names the share', () => {
  expect(whyBusy({ cpu: 0.851, gpuProcesses: null }, limits)).toBe('others use 85.1 % of its CPU time (limit 20 %)');
  expect(whyBusy({ cpu: 0.2, gpuProcesses: [] }, limits)).toBeNull();
  expect(whyBusy({ cpu: 0.20001, gpuProcesses: [] }, limits)).toContain('20.1 %');
});

test('a server on whose GPUs others compute is busy, and the reason names the first of them', () => {
  const gpuProcesses = [1, 2, 3, 4, 5].map((pid) => ({ pid, name: 'python3' }));
  expect(whyBusy({ cpu: 0, gpuProcesses: gpuProcesses.slice(0, 1) }, limits)).toBe(
    'its GPUs are used by python3 (process 1)'
  );
  expect(whyBusy({ cpu: 0, gpuProcesses }, limits)).toMatch(/python3 \(process 3\) and 2 more$/);
  expect(whyBusy({ cpu: 0, gpuProcesses }, { ...limits, gpuProcesses: 5 })).toBeNull();
});

test('unknown or unlimited values never make a server busy', () => {
  expect(whyBusy({ cpu: null, gpuProcesses: null }, limits)).toBeNull();
  expect(whyBusy({ cpu: 1, gpuProcesses: [{ pid: 1, name: 'python3' }] }, allOff)).toBeNull();
});
