import { describe, expect, test } from 'vitest';
import { clpeak } from '../../src/benchmarks/clpeak.ts';
import { machine, readings, recorded, refusal, settings, neverMisreads } from './recorded.ts';

const withCpus = { openclCpuDevices: true };
const one = recorded('clpeak/pocl.txt');
const two = recorded('clpeak/two-devices.txt');
const emptyPlatform = recorded('clpeak/empty-platform.txt');

/** The recorded output, with the devices at these indices changed to this type. */
function typed(output: string, type: string, ...indices: number[]): string {
  let device = -1;
  return output.replaceAll('"type" : [ "CL_DEVICE_TYPE_CPU" ]', (cpu) => {
    device += 1;
    return indices.includes(device) ? `"type" : [ "${type}" ]` : cpu;
  });
}

const gpu = (output: string, ...indices: number[]) => typed(output, 'CL_DEVICE_TYPE_GPU', ...indices);

function numbers(output: string, changed = {}) {
  return readings(clpeak, output, changed).readings.map(({ metric, device, value }) => [metric, device, value]);
}

describe('clpeak', () => {
  test('measures one platform at a time, because it exits at one without devices', () => {
    const command = clpeak.command(settings, machine);
    expect(command).toContain('for platform in 0 1 2 3 4 5 6 7; do clpeak --platform "$platform" ');
    expect(command).not.toContain('\n');
  });

  test('reads the best vector width of both tests, and the number of devices', () => {
    const name = 'pthread-skylake-avx512-AMD EPYC';
    expect(readings(clpeak, gpu(one, 0))).toEqual({
      version: '1.1.2',
      devices: [{ device: 0, address: null, uuid: null, name, isPartitioned: false }],
      notCounted: [],
      readings: [
        { metric: 'gpu.devices', unit: 'devices', better: 'higher', device: null, value: 1 },
        { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher', device: 0, value: 45.29 },
        { metric: 'gpu.memory_gb_per_second', unit: 'GB/s', better: 'higher', device: 0, value: 22.52 },
      ],
    });
  });

  test('a CPU with an OpenCL driver is not a GPU, unless configured', () => {
    expect(numbers(one)).toEqual([['gpu.devices', null, 0]]);
    expect(numbers(one, withCpus)).toHaveLength(3);
  });

  test('an accelerator without an address is not a GPU, and a device with several types may be one', () => {
    expect(numbers(typed(one, 'CL_DEVICE_TYPE_ACCELERATOR', 0))).toEqual([['gpu.devices', null, 0]]);
    expect(numbers(typed(one, 'CL_DEVICE_TYPE_DEFAULT", "CL_DEVICE_TYPE_GPU', 0))).toHaveLength(3);
    expect(numbers(typed(one, 'CL_DEVICE_TYPE_CUSTOM', 0))).toEqual([['gpu.devices', null, 0]]);
  });

  test('every device has its own readings', () => {
    expect(numbers(two, withCpus)).toEqual([
      ['gpu.devices', null, 2],
      ['gpu.fp32_gflops', 0, 22.63],
      ['gpu.memory_gb_per_second', 0, 22.5],
      ['gpu.fp32_gflops', 1, 45.05],
      ['gpu.memory_gb_per_second', 1, 43.96],
    ]);
  });

  test('unmeasured devices do not change the index of the others', () => {
    expect(numbers(gpu(two, 1))).toEqual([
      ['gpu.devices', null, 1],
      ['gpu.fp32_gflops', 0, 45.05],
      ['gpu.memory_gb_per_second', 0, 43.96],
    ]);
  });

  test('a first platform without devices hides nothing', () => {
    expect(numbers(emptyPlatform, withCpus)).toEqual([
      ['gpu.devices', null, 1],
      ['gpu.fp32_gflops', 0, 45.19],
      ['gpu.memory_gb_per_second', 0, 27.74],
    ]);
  });

  test('without platforms there are no devices: clpeak exits with success', () => {
    expect(readings(clpeak, recorded('clpeak/no-platform.txt'))).toMatchObject({
      version: '1.1.2',
      readings: [{ metric: 'gpu.devices', device: null, value: 0 }],
    });
  });

  test('an unmeasured device may fail', () => {
    const broken = gpu(two, 1).replace(/(Device: basic[^]*?float16 : )[\d.]+/, '$1clFinish (-5)');
    expect(broken).toContain('clFinish');
    expect(numbers(broken)).toHaveLength(3);
    expect(refusal(clpeak, broken, withCpus)).toMatch(
      /did not measure all of "Global memory bandwidth \(GBPS\)" on device "basic-/
    );
  });
});

describe('GPUs under two platforms', () => {
  const address = (bus: string) => `0000:${bus}:00.0`;
  const gpus = ['01', '41', '81', 'c1'].map((bus) => {
    return { address: address(bus), vendor: 'nvidia', uuid: `GPU-${bus}` } as const;
  });
  const buses = ['41', '81', '01'];
  const listing = recorded('gpus/gpu-listed-twice/clinfo.json').trimEnd();
  const fp32 = ({ readings: all }: ReturnType<typeof readings>) =>
    all.filter(({ metric }) => metric === 'gpu.fp32_gflops').map(({ device, value }) => [device, value]);

  /** A clpeak output for this listing: the peaks of each device are a multiple of the recorded ones. */
  function printed(peakOf: (platform: number, place: number) => number, platforms = names): string {
    const [, peaks] = one.split(/(?<=@@\n)/);
    const [version, section] = peaks!.split(/(?=Platform: )/);
    const [, lines] = section!.split(/(?<=Device: .*\n)/);
    const deviceLines = (platform: number, place: number) =>
      lines!.replace(/(float\d* *: )([\d.]+)/g, (_, name: string) => `${name}${peakOf(platform, place)}`);
    const text = platforms.map((name, platform) => {
      const devices = buses.map((_, place) => `  Device: NVIDIA A100-SXM4-40GB\n${deviceLines(platform, place)}`);
      return `Platform: ${name}\n${devices.join('')}`;
    });
    const named = platforms.reduce((all, name, nth) => all.replace(names[nth]!, name), listing);
    return `${named}\n\n@@ fleetmark clpeak @@\n${version}${text.join('')}`;
  }
  const names = ['NVIDIA CUDA', 'Portable Computing Language'];

  test('are measured once, on the platform of their vendor, in the order of their PCI addresses', () => {
    const read = readings(
      clpeak,
      printed((platform, place) => (platform === 0 ? 10 + place : 99)),
      {},
      { ...machine, gpus }
    );
    expect(read.readings[0]).toMatchObject({ metric: 'gpu.devices', value: 3 });
    expect(fp32(read)).toEqual([
      [0, 12],
      [1, 10],
      [2, 11],
    ]);
    expect(read.devices).toEqual(
      ['01', '41', '81'].map((bus, device) => {
        const name = 'NVIDIA A100-SXM4-40GB';
        return { device, address: address(bus), name, uuid: `GPU-${bus}`, isPartitioned: false };
      })
    );
  });

  test("have the better value of each platform if neither is their vendor's, even if one fails", () => {
    const platforms = ['rusticl', names[1]!];
    const both = printed((platform, place) => (place === 0 ? 20 - platform : 10 + platform), platforms);
    expect(fp32(readings(clpeak, both, {}, { ...machine, gpus })).map(([, value]) => value)).toEqual([11, 20, 11]);
    const broken = both.replace(/float4 .*/, '');
    expect(fp32(readings(clpeak, broken, {}, { ...machine, gpus }))).toHaveLength(3);
  });

  test('that fail are named by their address', () => {
    const broken = printed(() => 10).replace(/float4 .*/, '');
    expect(() => readings(clpeak, broken, {}, { ...machine, gpus })).toThrow(
      'did not measure all of "Global memory bandwidth (GBPS)" on device "NVIDIA A100-SXM4-40GB" (0000:41:00.0)'
    );
  });

  test('are not counted if the environment may hide the missing one', () => {
    const hidesDevices = ['CUDA_VISIBLE_DEVICES=0,1,2'];
    const hidden = readings(
      clpeak,
      printed(() => 10),
      {},
      { ...machine, gpus, hidesDevices }
    );
    expect(hidden.readings.map(({ metric }) => metric)).not.toContain('gpu.devices');
    const all = readings(
      clpeak,
      printed(() => 10),
      {},
      { ...machine, gpus: gpus.slice(0, 3), hidesDevices }
    );
    expect(all.readings[0]).toMatchObject({ metric: 'gpu.devices', value: 3 });
  });

  test('are not counted if one is partitioned, and that one has no values', () => {
    const partitioned = printed(() => 10).replaceAll('NVIDIA A100-SXM4-40GB', (name, at: number) =>
      at < listing.indexOf('0000:41:00.0') ? `${name} MIG 1g.5gb` : name
    );
    const mig = partitioned.replace('Device: NVIDIA A100-SXM4-40GB\n', 'Device: NVIDIA A100-SXM4-40GB MIG 1g.5gb\n');
    const read = readings(clpeak, mig, {}, { ...machine, gpus });
    expect(read.readings.map(({ metric }) => metric)).not.toContain('gpu.devices');
    expect(fp32(read).map(([device]) => device)).toEqual([0, 2]);
    expect(read.devices?.map(({ isPartitioned }) => isPartitioned)).toEqual([false, true, false]);
  });
});

describe('clpeak refuses', () => {
  const real = gpu(one, 0);

  test.each(real.match(/^ +float\d* *: [\d.]+$/gm)!.map((line) => line.trim()))('an output without %s', (line) => {
    expect(refusal(clpeak, real.replace(new RegExp(`^ +${line}\n`, 'm'), ''))).toContain('did not measure all of');
  });

  test.each(['0.00', '-1.00', 'inf', '-nan', '1e999', ''])('%j as a value', (number) => {
    expect(refusal(clpeak, real.replace(/(float16 : )[\d.]+/, `$1${number}`))).toContain('did not measure all of');
  });

  test('an output that is truncated anywhere', () => {
    const end = real.trimEnd().lastIndexOf(' ');
    for (let length = end; length >= 0; length -= length > end - 900 ? 1 : 97) refusal(clpeak, real.slice(0, length));
  });

  test('a duplicate test', () => {
    expect(refusal(clpeak, `${real.trimEnd()}\n    Global memory bandwidth (GBPS)\n`)).toContain(
      'did not measure all of'
    );
  });

  test('a device whose kernels did not compile', () => {
    const failed = real.replace(/\n\n {4}Global memory[^]*$/, '\n    Build Log: error: unknown target\n\n');
    expect(refusal(clpeak, failed)).toMatch(/Single-precision compute.*Build Log: error: unknown target/);
  });

  test('different devices in clinfo and clpeak', () => {
    const other = real.replace('  Device: pthread', '  Device: cuda');
    expect(refusal(clpeak, other)).toMatch(
      /clinfo lists the devices of "Portable Computing Language" as "pthread-.*", clpeak as "cuda-/
    );
    const [listing] = two.split('\n');
    const missing = gpu([listing, ...one.split('\n').slice(1)].join('\n'), 0, 1);
    expect(refusal(clpeak, missing)).toMatch(/as "basic-.*", "pthread-.*", clpeak as "pthread-/);
    expect(refusal(clpeak, real.replace('Platform: Portable', 'Platform: NVIDIA'))).toMatch(/lists the platforms as/);
  });

  test('another version of clpeak, and says which one is supported', () => {
    expect(refusal(clpeak, real.replace('version: 1.1.2', 'version: 2.0.1'))).toMatch(
      /^clpeak is version 2\.0\.1; 1\.1\.x is supported/
    );
    expect(refusal(clpeak, real.replace('version: 1.1.2', 'version: 1.10.2'))).toContain('1.1.x');
    expect(refusal(clpeak, real.replace(/clpeak version.*\n/, ''))).toMatch(/clpeak printed no version/);
  });

  test('the output of only one of the programs', () => {
    expect(refusal(clpeak, one.replace(/^.*@@.*\n/m, ''))).toMatch(/the output of clinfo or of clpeak is missing/);
    expect(refusal(clpeak, real.replace(/^.*\n/, '\n'))).toMatch(/clinfo printed no list/);
    expect(refusal(clpeak, '')).toMatch(/it printed nothing$/);
  });

  test('or returns finite values, for any output', () => {
    neverMisreads(clpeak, real);
    neverMisreads(clpeak, two, withCpus);
  });
});
