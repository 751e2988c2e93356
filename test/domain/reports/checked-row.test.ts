import { expect, test } from 'vitest';
import { checkedRow } from '../../../src/domain/reports/checked-row.ts';
import type { BenchmarkPlan, CheckedServer } from '../../../src/domain/plans/plan.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';

const elapsed = { startedAt: '2026-11-24T02:00:00.000Z', seconds: 2 };
const machine = {
  ...{ system: 'Debian 12', kernel: '6.1', cpuModel: 'AMD EPYC', cpus: 16, memoryMib: 64_000, gpus: [] },
  ...{ executables: ['sysbench'], packageManager: 'apt-get' },
};
const step = {
  activity: 'benchmarkCpu',
  tool: 'sysbench',
  summary: 'cpu: sysbench, 3 x 10 s',
  timeoutMs: 60_000,
} as const;
const cpu: BenchmarkPlan = { benchmark: 'cpu', expected: { 'cpu.events_per_second': { min: 10 } }, step };
const missing = { type: 'ToolMissing', message: 'gpu needs clpeak, not found on this server: install clpeak' };
const noGpu = { type: 'DeviceMissing', message: 'no GPU to measure' };

function rowOf(benchmarks: BenchmarkPlan[], changes: Partial<CheckedServer> = {}) {
  const about = { serverId: 'web-1', target: 't', hardwareClass: 'default', machine, readiness: exampleReadiness() };
  return checkedRow({ ...about, benchmarks, busy: null, ...changes }, elapsed);
}

test('a server that has everything it needs passes without measurements', () => {
  const row = rowOf([cpu, { benchmark: 'gpu', expected: {}, step: noGpu }]);
  expect(row).toMatchObject({ verdict: 'pass', reason: null, error: null, notes: [], ...elapsed });
  expect(row.benchmarks.map(({ verdict }) => verdict)).toEqual(['pass', 'skip']);
  expect(row.benchmarks.flatMap(({ measurements }) => measurements)).toEqual([]);
  expect(row.readiness).toEqual(exampleReadiness());
  expect(row.machine).toMatchObject({ cpus: 16 });
});

test('a missing tool is an error if one of its metrics is expected, otherwise a skip', () => {
  const expected = { 'gpu.devices': { min: 1 } };
  const row = rowOf([cpu, { benchmark: 'gpu', expected, step: missing }]);
  expect(row).toMatchObject({ verdict: 'error', reason: missing.message, error: missing });
  expect(rowOf([cpu, { benchmark: 'gpu', expected: {}, step: missing }]).verdict).toBe('pass');
  expect(rowOf([{ benchmark: 'gpu', expected: {}, step: missing }]).verdict).toBe('skip');
});

test('other work makes it busy, no folder for jobs is an error, a wrong clock is a note', () => {
  const busy = rowOf([cpu], { busy: 'others use 90 % of its CPU time' });
  expect(busy).toMatchObject({ verdict: 'busy', error: { type: 'ServerBusy' } });
  const obstacle = { type: 'HostUnsuitable', message: 'its disk is full' };
  const full = rowOf([cpu], { readiness: exampleReadiness({ jobs: null, obstacle }) });
  expect(full).toMatchObject({ verdict: 'error', reason: obstacle.message, error: obstacle });
  const clock = { aheadSeconds: -7, withinSeconds: 0.6 };
  const late = rowOf([cpu], { readiness: exampleReadiness({ clock }) });
  expect(late).toMatchObject({ verdict: 'pass', notes: ["its clock is 7 s behind the worker's"] });
});

test('a server without required expectations is an error, after any other error', () => {
  const expectationMissing = { type: 'ExpectationMissing', message: 'nothing is expected' };
  const row = rowOf([{ ...cpu, expected: {} }], { expectationMissing });
  expect(row).toMatchObject({ verdict: 'error', reason: 'nothing is expected', error: expectationMissing });
  const obstacle = { type: 'HostUnsuitable', message: 'its disk is full' };
  const full = rowOf([cpu], { expectationMissing, readiness: exampleReadiness({ jobs: null, obstacle }) });
  expect(full.error).toEqual(obstacle);
  const tool = { benchmark: 'gpu', expected: { 'gpu.devices': { min: 1 } }, step: missing };
  expect(rowOf([tool], { expectationMissing }).error).toEqual(missing);
});

test('a variable that hides devices is a note, if the server has devices', () => {
  const hidesDevices = ['CUDA_VISIBLE_DEVICES=0'];
  const gpus = [{ address: '0000:01:00.0', vendor: 'nvidia' as const }];
  expect(rowOf([cpu], { machine: { ...machine, hidesDevices } }).notes).toEqual([]);
  expect(rowOf([cpu], { machine: { ...machine, gpus, hidesDevices } }).notes).toEqual([
    'its environment limits the devices that a benchmark sees: CUDA_VISIBLE_DEVICES=0',
  ]);
});
