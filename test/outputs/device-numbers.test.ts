import { expect, test } from 'vitest';
import { FIRST_NAMED_DEVICE } from '../../src/domain/measurements/measurement.ts';
import type { Gpu } from '../../src/domain/servers/machine.ts';
import { DeviceNumbers } from '../../src/outputs/device-numbers.ts';

const gpu = (address: string, model: string): Gpu => ({
  address,
  vendor: 'nvidia',
  model,
  uuid: `GPU-${address.slice(5, 7)}`,
});
const alike = ['0000:01:00.0', '0000:c1:00.0'].map((address) => gpu(address, 'A100'));
const addresses = (numbers: DeviceNumbers): unknown[] =>
  numbers.devices.map(({ device, address }) => [device, address]);

test('a number is a place in the order of addresses', () => {
  const numbers = new DeviceNumbers({ gpus: alike, firstGpu: 0 });
  expect(['1', '0', '1'].map((name) => numbers.numberOf(name))).toEqual([1, 0, 1]);
  expect(addresses(numbers)).toEqual([
    [0, '0000:01:00.0'],
    [1, '0000:c1:00.0'],
  ]);
});

test.each([
  ['GPUs of several models may be in another order', { gpus: [alike[0]!, gpu('0000:c1:00.0', 'H100')] }],
  ['only the visible GPUs are counted', { gpus: alike, hidesDevices: ['CUDA_VISIBLE_DEVICES=1'] }],
  ['the machine has no such place', { gpus: alike.slice(0, 1) }],
  ['the tool counts something else', { gpus: alike, firstGpu: null }],
  ['another GPU is not named: the tool may count from 1', { gpus: alike }],
])('a number has no address if %s', (_, machine) => {
  const numbers = new DeviceNumbers({ firstGpu: 0, ...machine });
  expect(numbers.numberOf('1')).toBe(1);
  expect(addresses(numbers)).toEqual([[1, null]]);
});

test('a tool may count from 1', () => {
  const numbers = new DeviceNumbers({ gpus: alike, firstGpu: 1 });
  expect(['2', '1'].map((name) => numbers.numberOf(name))).toEqual([1, 0]);
  expect(numbers.numberAt(1)).toBe(1);
  expect(addresses(numbers)).toEqual([
    [0, '0000:01:00.0'],
    [1, '0000:c1:00.0'],
  ]);
  expect(() => numbers.numberOf('0')).toThrow('it has a device 0, but "firstGpu" is 1');
});

test('a UUID or an address is a GPU in any order', () => {
  const numbers = new DeviceNumbers({ gpus: [alike[0]!, gpu('0000:c1:00.0', 'H100')], firstGpu: 0 });
  expect(['GPU-C1', '00000000:01:00.0'].map((name) => numbers.numberOf(name))).toEqual([1, 0]);
  expect(addresses(numbers)).toEqual([
    [0, '0000:01:00.0'],
    [1, '0000:c1:00.0'],
  ]);
});

test('a number beside the UUID of another GPU has no address: a GPU may be hidden', () => {
  const numbers = new DeviceNumbers({ gpus: alike, firstGpu: 0 });
  expect(['GPU-C1', '0'].map((name) => numbers.numberOf(name))).toEqual([1, 0]);
  expect(addresses(numbers)).toEqual([
    [0, null],
    [1, '0000:c1:00.0'],
  ]);
});

test('two texts for one number are one device', () => {
  const numbers = new DeviceNumbers({ gpus: alike, firstGpu: 0 });
  expect(['0', '00'].map((name) => numbers.numberOf(name))).toEqual([0, 0]);
  expect(addresses(numbers)).toEqual([[0, null]]);
});

test('any other name is a device of its own, and keeps its number', () => {
  const numbers = new DeviceNumbers({ gpus: alike, firstGpu: 0 });
  const [first, second] = [numbers.numberOf('0 > 1'), numbers.numberOf('sda')];
  expect(first).toBeGreaterThanOrEqual(FIRST_NAMED_DEVICE);
  expect(new DeviceNumbers({ gpus: [], firstGpu: 0 }).numberOf('sda')).toBe(second);
  expect(second).not.toBe(first);
  expect(numbers.numberOf('0 > 1')).toBe(first);
  expect(numbers.devices.map(({ name }) => name).sort()).toEqual(['0 > 1', 'sda']);
});
