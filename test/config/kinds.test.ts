import { expect, test } from 'vitest';
import type { BenchmarkKind } from '../../src/domain/measurements/known-tool.ts';
import { problems, read, surroundings } from '../support/read-configuration.ts';

const disk: BenchmarkKind = {
  ...{ benchmark: 'disk', byDefault: true, needsGpus: false, minTimeoutMs: 20_000 },
  metrics: [{ metric: 'disk.write_mb_per_second', unit: 'MB/s', better: 'higher', tool: 'dd' }],
};
const tensor: BenchmarkKind = { ...disk, benchmark: 'tensor', byDefault: false, needsGpus: true, metrics: [] };
const kinds = [...surroundings.kinds, disk, tensor];
const one = 'servers: { a: }\n';

test('a kind with byDefault runs by default, with the timeout of its own tools', async () => {
  const { benchmarks } = await read(one, { kinds });
  expect(benchmarks.map(({ benchmark, timeoutMs }) => [benchmark, timeoutMs])).toEqual([
    ['cpu', 60_000],
    ['gpu', 300_000],
    ['disk', 40_000],
  ]);
});

test('expectations of a kind use its own metrics and their units', async () => {
  const text = `${one}benchmarks: { disk: }\nexpect: { default: { disk.write_mb_per_second: { min: 1 GB/s } } }`;
  const { expect: expected } = await read(text, { kinds });
  expect(expected).toEqual({ default: { 'disk.write_mb_per_second': { min: 1000 } } });
});

test.each([
  [
    'benchmarks: { dsik: }',
    'fleetmark.yaml:2:15: benchmarks.dsik: needs a command; only cpu and gpu and disk and tensor work without one; did you mean "disk"?',
  ],
  [
    'expect: { default: { disk.wirte_mb_per_second: { min: 1 } } }',
    'fleetmark.yaml:2:22: expect.default.disk.wirte_mb_per_second: no benchmark measures this; did you mean "disk.write_mb_per_second"?',
  ],
  [
    'benchmarks: { disk: { devices: { vendor: amd } } }',
    'fleetmark.yaml:2:23: benchmarks.disk.devices: only applies to the tools of gpu and tensor',
  ],
  [
    'benchmarks: { gpu: { devices: { vendor: amd } }, tensor: }',
    'fleetmark.yaml:2:50: benchmarks.tensor: must have the same devices as gpu',
  ],
])('%s: %s', async (text, problem) => {
  expect(await problems(one + text, { kinds })).toEqual([problem]);
});

test('two kinds that measure the same GPUs may both be configured', async () => {
  const { benchmarks } = await read(
    `${one}benchmarks: { gpu: { devices: { vendor: amd } }, tensor: { devices: { vendor: amd } } }`,
    { kinds }
  );
  expect(benchmarks.map(({ devices }) => devices)).toEqual([{ vendor: 'amd' }, { vendor: 'amd' }]);
});

test.each([
  [{ FLEETMARK_OPENCL_CPU_DEVICES: '1' }, true],
  [{ FLEETMARK_OPENCL_CPU_DEVICES: '0' }, false],
  [{}, false],
])('with %o in the environment of the worker OpenCL CPU devices count as GPUs: %s', async (env, counts) => {
  const { benchmarks } = await read(one, { env: { ...surroundings.env, ...env } });
  expect(benchmarks.map(({ openclCpuDevices }) => openclCpuDevices)).toEqual([counts, counts]);
});
