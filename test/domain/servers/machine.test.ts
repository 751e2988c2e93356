import { expect, test } from 'vitest';
import { gpuName, machineFacts, vendorOfUnnamed, type Gpu } from '../../../src/domain/servers/machine.ts';

const about = { system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC', cpus: 2, memoryMib: 24_105 };
const machine = { ...about, kernel: '6.1.0', executables: ['sysbench'], packageManager: 'apt-get' };

test('the facts of a machine count its GPUs by model', () => {
  const h100: Gpu = { address: '0000:17:00.0', vendor: 'nvidia', deviceId: '2330', model: 'NVIDIA H100 80GB HBM3' };
  const gpus: Gpu[] = [h100, { ...h100, address: '0000:65:00.0' }, { ...h100, model: 'NVIDIA T4' }];
  const hardware = { product: 'PowerEdge XE9680', bios: '2.1.3' };
  expect(machineFacts({ ...machine, gpus, hardware })).toEqual({
    ...{ ...about, ...hardware, kernel: '6.1.0' },
    gpus: [
      { model: 'NVIDIA H100 80GB HBM3', count: 2 },
      { model: 'NVIDIA T4', count: 1 },
    ],
  });
});

test('a GPU without a model is named by its PCI ids, as far as known', () => {
  const gpus: Gpu[] = [
    { address: '0000:17:00.0', vendor: 'nvidia', deviceId: '2330', model: null },
    { address: '0000:65:00.0', vendor: 'amd', deviceId: '74a1', model: null },
    // From an earlier version.
    { address: '0000:85:00.0', vendor: 'nvidia' },
  ];
  expect(machineFacts({ ...machine, gpus }).gpus.map(({ model }) => model)).toEqual([
    'NVIDIA 10de:2330',
    'AMD 1002:74a1',
    'NVIDIA 10de',
  ]);
});

test.each(['nvidia', 'amd', 'intel'] as const)(
  'a GPU of %s without a model can be told from one with a model',
  (vendor) => {
    const gpu: Gpu = { address: '0000:17:00.0', vendor };
    expect(vendorOfUnnamed(gpuName(gpu))).toBe(vendor);
    expect(vendorOfUnnamed(gpuName({ ...gpu, deviceId: '2330' }))).toBe(vendor);
    expect(vendorOfUnnamed(gpuName({ ...gpu, model: 'NVIDIA T4' }))).toBeNull();
  }
);
