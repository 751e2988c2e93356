import { describe, expect, test } from 'vitest';
import { readingsOf, valuesOf } from './command-of.ts';
import { documented, recorded } from './documented.ts';

/** What a person reads in the output: the values, the faults with their device, and the error. */
function read(benchmark: string, name: string, output = recorded(name)): object {
  const yaml = JSON.stringify(documented[benchmark]);
  const readings = benchmark === 'stress_text' ? readingsOf(yaml, '', output) : readingsOf(yaml, output);
  return {
    values: valuesOf(readings),
    faults: readings.faults.map(({ says, device }) => (device === null ? says : `${says} ${device}`)),
    error: readings.error?.message ?? null,
  };
}

describe('gpu-burn', () => {
  test('has the speed of each GPU in its last line of progress', () => {
    expect(read('burn', 'gpu-burn-2-ok.txt')).toEqual({
      values: { 'gflops 0': 6921, 'gflops 1': 6511, ok: 2 },
      faults: [],
      error: null,
    });
  });

  test('names every faulty GPU, although its exit status is 0', () => {
    const { faults, values } = read('burn', 'gpu-burn-16-faulty.txt') as { faults: string[]; values: object };
    expect(faults).toEqual(Array.from({ length: 16 }, (_, gpu) => `wrong results ${gpu}`));
    expect(values).toMatchObject({ 'gflops 0': 6311, 'gflops 15': 6439, ok: 0 });
  });

  test('that says OK without having computed has a speed of 0', () => {
    expect(read('burn', 'gpu-burn-8-never-computed.txt')).toMatchObject({ values: { 'gflops 7': 0, ok: 8 } });
  });
});

describe('nvbandwidth', () => {
  test('has a value for each GPU in a row', () => {
    const { values, error } = read('links', 'nvbandwidth-8-gpus.txt') as { values: object; error: null };
    expect(values).toMatchObject({ 'h2d 0': 25.5, 'h2d 3': 26.3, 'h2d 7': 26.31 });
    expect(Object.keys(values)).toHaveLength(8);
    expect(error).toBeNull();
  });

  test('has a value for each pair of GPUs, and none from one to itself', () => {
    const { readings, devices, error } = readingsOf(
      JSON.stringify(documented['links']),
      recorded('nvbandwidth-6-gpus.txt')
    );
    expect(error).toBeNull();
    expect(readings).toHaveLength(30);
    const slowest = readings.reduce((a, b) => (b.value < a.value ? b : a));
    const pair = devices.find(({ device }) => device === slowest.device)!.name;
    expect({ pair, value: slowest.value }).toEqual({ pair: '0 > 5', value: 21.8 });
  });

  test('says that data were wrong', () => {
    expect(read('links', 'nvbandwidth-wrong-data.txt')).toEqual({
      values: {},
      faults: ['data corrupted'],
      error: null,
    });
  });
});

test.each([
  ['diagnostics', 'dcgm-diag.txt', { failed: 0, passed: 10 }],
  ['nccl', 'nccl-all-reduce.txt', { average: 68.4048, wrong: 0, largest: 235.26 }],
  ['hash', 'hashcat-b-sha256-pocl-text.txt', { 'speed 1': 102.2 }],
  ['stream', 'stream.txt', { triad: 363208.7 }],
  ['hpl', 'hpl.txt', { gflops: 8126.1 }],
  ['stress_text', 'stress-ng-cpu-matrixprod.txt', { cpu: 1585.46 }],
  ['copy', 'mbw-256.txt', { memcpy: 7961.585 }],
  ['zip', '7z-b.txt', { total: 8151 }],
  ['disk', 'fio-randread.json', { iops: 37400.319936, p99: 1073152 }],
  ['net', 'iperf3-loopback.json', { received: 9431496807.42512 }],
])('%s is read in %s', (benchmark, file, values) => {
  expect(read(benchmark, file)).toEqual({ values, faults: [], error: null });
});

test('stress is read in its result file', () => {
  const printed = `\n@@ fleetmark file result.yaml @@\n${recorded('stress-ng-cpu-matrixprod.yaml')}\n@@ fleetmark files end @@\n`;
  expect(read('stress', '', printed)).toEqual({ values: { cpu: 1585.461449 }, faults: [], error: null });
});

test('every benchmark of the page is tried', () => {
  const tried = [
    'burn',
    'links',
    'diagnostics',
    'nccl',
    'hash',
    'stream',
    'hpl',
    'stress',
    'stress_text',
    'copy',
    'zip',
    'disk',
    'net',
  ];
  expect(Object.keys(documented).sort()).toEqual([...tried].sort());
});
