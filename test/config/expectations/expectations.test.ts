import { describe, expect, test } from 'vitest';
import { problems, read } from '../../support/read-configuration.ts';

const head =
  'servers: { a: }\nbenchmarks: { cpu: , gpu: , burn: { command: x, metrics: { rate: { pattern: x, unit: MiB/s }, wait: { pattern: x, unit: ms, better: lower } } } }\n';

async function expected(text: string): Promise<unknown> {
  return (await read(`${head}expect: { default: { ${text} } }`)).expect['default'];
}

test.each([
  ['gpu.fp32_gflops: { min: 45 TFLOPS }', { min: 45_000 }],
  ['gpu.fp32_gflops: { min: 45000, max: 60 TFLOPS }', { min: 45_000, max: 60_000 }],
  ['cpu.events_per_second: { reference: 7200 events/s, tolerance: 10% }', { reference: 7200, tolerance: 0.1 }],
  ['cpu.events_per_second: { reference: 7200 events / s, within: 5% }', { reference: 7200, within: 0.05 }],
  ['burn.rate: { reference: 3.2 GiB/s }', { reference: 3276.8 }],
  ['burn.rate: { min: 1 GB/s }', { min: 953.67431640625 }],
  ['burn.wait: { max: 0.2 s }', { max: 200 }],
  ['burn.rate: { within: [900, 1 GiB/s], tolerance: 20% }', { min: 900, max: 1024, tolerance: 0.2 }],
  ['burn.wait: { min: -5 }', { min: -5 }],
  ['gpu.devices: { min: 0, max: 8 }', { min: 0, max: 8 }],
])('%s is converted to the unit of its metric', async (text, amounts) => {
  expect(Object.values((await expected(text)) as object)).toEqual([amounts]);
});

describe('each of these is refused in one line', () => {
  test.each([
    [
      'gpu.fp32_gflops: { min: 45 GB/s }',
      '46: expect.default.gpu.fp32_gflops.min: has the unit GB/s; gpu.fp32_gflops is in GFLOPS',
    ],
    [
      'burn.rate: { within: [1, 5 MiB] }',
      '47: expect.default.burn.rate.within[1]: has the unit MiB; burn.rate is in MiB/s',
    ],
    [
      'burn.rate: { min: fast }',
      '40: expect.default.burn.rate.min: must be a number, with or without a unit, such as 45 TFLOPS',
    ],
    [
      'burn.rate: { min: "1,000 MiB/s" }',
      '40: expect.default.burn.rate.min: must be a number, with or without a unit, such as 45 TFLOPS',
    ],
    ['burn.rate: { min: 1e308 PiB/s }', '40: expect.default.burn.rate.min: is too large; burn.rate is in MiB/s'],
    ['burn.rate: { min: 1e-400 }', '40: expect.default.burn.rate.min: is too small; burn.rate is in MiB/s'],
    ['burn.rate: { min: 1e-320 B/s }', '40: expect.default.burn.rate.min: is too small; burn.rate is in MiB/s'],
    [
      'burn.rate: { reference: 5, within: 100% }',
      '57: expect.default.burn.rate.within: must be a percentage below 100 %, such as 5%, or two bounds, such as [900, 1100]',
    ],
    [
      'burn.rate: { within: [1] }',
      '43: expect.default.burn.rate.within: must be a percentage below 100 %, such as 5%, or two bounds, such as [900, 1100]',
    ],
    [
      'burn.rate: { within: [2 GiB/s, 3] }',
      '22: expect.default.burn.rate: has its bounds the wrong way round: 2048 > 3',
    ],
    ['burn.rate: { within: 5% }', '22: expect.default.burn.rate: has a within in percent, which needs a reference'],
    [
      'burn.rate: { reference: 5, within: 5%, tolerance: 5% }',
      '22: expect.default.burn.rate: has a tolerance and a within; keep one of them',
    ],
    [
      'burn.rate: { within: [1, 2], min: 1 }',
      '22: expect.default.burn.rate: has bounds twice; give within: [low, high], or min and max',
    ],
    ['gpu.devices: { min: 0 }', '42: expect.default.gpu.devices.min: always passes: gpu.devices is never below 0'],
    [
      'cpu.events_per_second: { min: 1 }, cpu.sha256_bytes_per_second: { min: 1 }',
      '57: expect.default.cpu.sha256_bytes_per_second: needs openssl, but cpu.events_per_second needs sysbench; keep the metrics of one tool',
    ],
  ])('%s', async (text, message) => {
    const lines = await problems(`${head}expect: { default: { ${text} } }`);
    expect(lines).toEqual([`fleetmark.yaml:3:${message}`]);
  });
});

test('each class has expectations of its own, and the tools of one class do not affect another', async () => {
  const { expect: read_ } = await read(`servers: { a: , b: { class: old } }
expect: { default: { cpu.events_per_second: { min: 1 } }, old: { cpu.sha256_bytes_per_second: { min: 1 x } } }`);
  expect(read_).toEqual({
    default: { 'cpu.events_per_second': { min: 1 } },
    old: { 'cpu.sha256_bytes_per_second': { min: 1 } },
  });
});
