import { describe, expect, test } from 'vitest';
import { judge } from '../../src/domain/verdicts/judge.ts';
import { readCommand } from '../../src/outputs/read-command.ts';
import { outputOf, readingsOf, realReader, valuesOf } from './command-of.ts';
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

  test('names the faulty GPU by its PCI address where the server tells', () => {
    const output = outputOf(JSON.stringify(documented['burn']));
    const gpus = [...Array(16).keys()].map((index) => {
      return { address: `0000:${String(index + 10)}:00.0`, vendor: 'nvidia' as const, model: 'V100' };
    });
    const stdout = recorded('gpu-burn-16-faulty.txt').replaceAll(/(GPU (?!3:)\d+): FAULTY/g, '$1: OK');
    const { readings, devices, faults } = readCommand(output, { stdout, stderr: '' }, realReader(gpus));
    expect(readings).toHaveLength(17);
    const result = { measurements: [], devices, faults, error: null, tool: null, seconds: 1 };
    expect(judge('burn', result, {}).reason).toBe('burn on device 3 (0000:13:00.0): wrong results: "GPU 3: FAULTY"');
  });

  test('of which a GPU died measured nothing', () => {
    const { values, faults, error } = read('burn', 'gpu-burn-4-died.txt') as {
      values: object;
      faults: [];
      error: string;
    };
    expect({ values, faults }).toEqual({ values: {}, faults: [] });
    expect(error).toContain('a GPU stopped answering');
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

  test('with all its tests has the values of the named one, although others have the same title', () => {
    expect(read('links', 'nvbandwidth-all-tests.txt')).toEqual({
      values: { 'h2d 0': 369.36 },
      faults: [],
      error: null,
    });
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

  test('has the same in JSON, where a GPU to itself is N/A', () => {
    const { readings, devices, error } = readingsOf(
      JSON.stringify(documented['links_json']),
      recorded('nvbandwidth-2-gpus.json')
    );
    expect(error).toBeNull();
    const nameOf = (number: number | null): string => devices.find(({ device }) => device === number)!.name;
    expect(readings.map(({ metric, device, value }) => [metric, nameOf(device), value])).toEqual([
      ['x.h2d', '0', 26.03],
      ['x.h2d', '1', 25.94],
      ['x.d2d', '0 > 1', 276.07],
      ['x.d2d', '1 > 0', 276.19],
    ]);
  });

  test('says that data were wrong', () => {
    expect(read('links', 'nvbandwidth-wrong-data.txt')).toEqual({
      values: {},
      faults: ['data corrupted'],
      error: null,
    });
  });
});

describe('the diagnostics of DCGM', () => {
  test('pass on healthy GPUs', () => {
    expect(read('diagnostics', 'dcgm-diag.txt')).toEqual({ values: { passed: 10 }, faults: [], error: null });
  });

  test('name the GPU whose memory is broken, and not those with a wrong setting', () => {
    expect(read('diagnostics', 'dcgm-4-memory.json')).toMatchObject({ faults: ['a diagnostic failed 3'] });
  });

  test('name the GPU that failed in version 3', () => {
    expect(read('diagnostics', 'dcgm-3-stress.json')).toMatchObject({ faults: ['a diagnostic failed 0'] });
  });

  test.each(['dcgm-3-settings.json', 'dcgm-4-settings.json'])('blame no server for a setting in %s', (name) => {
    const { values, faults, error } = read('diagnostics', name) as { values: object; faults: []; error: string };
    expect({ values, faults }).toEqual({ values: {}, faults: [] });
    expect(error).toContain('a diagnostic failed');
  });
});

test('nccl has its bus bandwidth in the same column with and without a root', () => {
  const row = /^ *8589934592.*$/m.exec(recorded('nccl-all-reduce.txt'))![0];
  const withRoot = recorded('nccl-all-reduce.txt').replace(row, row.replace(/ sum /, ' sum   -1 '));
  expect(withRoot).not.toBe(recorded('nccl-all-reduce.txt'));
  expect(read('nccl', '', withRoot)).toMatchObject({ values: { largest: 235.26 }, error: null });
});

test('nccl says that data were wrong', () => {
  const wrong = recorded('nccl-all-reduce.txt').replace(
    'Out of bounds values : 0 OK',
    'Out of bounds values : 2 FAILED'
  );
  expect(read('nccl', '', wrong)).toMatchObject({ faults: ['wrong results'], error: null });
});

describe('hashcat', () => {
  test('has a speed for each device, which it counts from 1, and none for the sum', () => {
    expect(read('hash', 'hashcat-2-gpus.txt')).toEqual({
      values: { 'speed 0': 0.002558, 'speed 1': 0.002575 },
      faults: [],
      error: null,
    });
  });

  test('has one for a CPU', () => {
    expect(read('hash', 'hashcat-b-sha256-pocl-text.txt')).toMatchObject({ values: { 'speed 0': 102.2 } });
  });

  test('for machines has hashes per second in its last field', () => {
    const yaml = "metrics: { speed: { pattern: '^1:0:\\d+:\\d+:[\\d.]+:(\\d+)$', unit: H/s } }";
    expect(valuesOf(readingsOf(yaml, recorded('hashcat-b-md5-pocl-machine.txt')))).toEqual({ speed: 114301112 });
  });
});

describe('fio with several jobs, after a note', () => {
  const output = recorded('fio-two-jobs-after-a-note.txt');

  test('is read by the name of the job', () => {
    const iops = (name: string): string => `{ json: '$.jobs[?@.jobname == "${name}"].read.iops', unit: IOPS }`;
    const readings = readingsOf(`metrics: { random: ${iops('random')}, sequential: ${iops('sequential')} }`, output);
    expect(valuesOf(readings)).toEqual({ random: 184174.825175, sequential: 17539.460539 });
  });

  test('is an error if the path finds both', () => {
    const { readings, error } = readingsOf("metrics: { iops: { json: '$.jobs[*].read.iops', unit: IOPS } }", output);
    expect(readings).toEqual([]);
    expect(error!.message).toContain('finds it 2 times, not once');
  });
});

test('iperf3 that could not connect says so, although its exit status is 0', () => {
  expect(read('net', 'iperf3-refused.json')).toEqual({
    values: {},
    faults: [],
    error: 'iperf3 failed: "unable to connect to server: Connection refused"',
  });
});

test.each([
  ['nccl', 'nccl-all-reduce.txt', { average: 68.4048, largest: 235.26 }],
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

test('hpcc is read in its result file', () => {
  const printed = `\n@@ fleetmark file hpccoutf.txt @@\n${recorded('hpcc-n1000-1proc-summary.txt')}\n@@ fleetmark files end @@\n`;
  expect(read('hpcc', '', printed)).toEqual({
    values: { success: 1, hpl: 0.00539449, triad: 70.0482 },
    faults: [],
    error: null,
  });
});

test('every benchmark of the page is tried', () => {
  const tried = [
    'burn',
    'links',
    'links_json',
    'diagnostics',
    'nccl',
    'hash',
    'stream',
    'hpl',
    'stress',
    'stress_text',
    'copy',
    'hpcc',
    'zip',
    'disk',
    'net',
  ];
  expect(Object.keys(documented).sort()).toEqual([...tried].sort());
});
