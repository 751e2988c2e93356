import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClinfo } from '../../src/benchmarks/clinfo.ts';
import { findComputeDevices, type ComputeDevice } from '../../src/benchmarks/opencl-devices.ts';
import { chooseGpus, type GpuChoice } from '../../src/domain/servers/choose-gpus.ts';
import type { Machine } from '../../src/domain/servers/machine.ts';
import { missingGpus } from '../../src/domain/measurements/missing-gpus.ts';
import { recorded } from './recorded.ts';

type Known = Pick<Machine, 'gpus' | 'otherGpus'>;
type Properties = Record<string, unknown>;

/** `0000:41:00.0 10de:20b0` of class 0302, for each device. */
function machineWith(devices: readonly string[], choice: GpuChoice | null = null): Known {
  const shown = devices.map((text) => {
    const [address = '', vendorId = '', deviceId = '', pciClass = '0302'] = text.split(/[ ]|(?<=\w{4}):(?=\w{4}\b)/);
    const flags = { isBootVga: false, isInProcessor: false, isPassedThrough: false };
    return { address, vendorId, deviceId, pciClass, model: null, uuid: null, ...flags };
  });
  return chooseGpus(shown, choice);
}

function platform(name: string, ...devices: Properties[]): { platform: Properties; devices: Properties[] } {
  return { platform: { CL_PLATFORM_NAME: name }, devices };
}

function device(name: string, type: string, vendor: number, more: Properties = {}): Properties {
  const kind = { CL_DEVICE_TYPE: { raw: 4, type: [`CL_DEVICE_TYPE_${type}`] } };
  return { CL_DEVICE_NAME: name, ...kind, CL_DEVICE_VENDOR_ID: vendor, ...more };
}

const [nvidia, amd, intel] = [0x10de, 0x1002, 0x8086];
const a100 = (more: Properties = {}) => device('NVIDIA A100', 'GPU', nvidia, more);
const at = (address: string): Properties => ({ CL_DEVICE_PCI_BUS_INFO_KHR: `PCI-E, ${address}` });
const bus = (number: number, slot = 0): Properties => ({
  CL_DEVICE_PCI_BUS_ID_NV: number,
  CL_DEVICE_PCI_SLOT_ID_NV: slot,
});
const topology = (address: string): Properties => ({ CL_DEVICE_TOPOLOGY_AMD: `PCI-E, ${address}` });

function find(
  machine: Known,
  platforms: readonly ReturnType<typeof platform>[],
  options = { openclCpuDevices: false, isChosenByHand: false }
): { devices: ComputeDevice[]; notCounted: string[] } {
  const listing = {
    platforms: platforms.map((each) => each.platform),
    devices: platforms.map(({ devices }) => ({ online: devices })),
  };
  return findComputeDevices(readClinfo(JSON.stringify(listing))!, machine, options);
}

const addresses = ({ devices }: { devices: ComputeDevice[] }) => devices.map(({ index, address }) => [index, address]);

function missing(machine: Known, { devices }: { devices: ComputeDevice[] }): string | null {
  const measured = devices.map(({ index, ...about }) => ({ ...about, device: index, uuid: null }));
  return missingGpus(machine, measured, 'clpeak')?.message ?? null;
}

const four = machineWith(['01', '41', '81', 'c1'].map((each) => `0000:${each}:00.0 10de:20b0`));

describe('the cases of real fleets', () => {
  test('three GPUs listed by two platforms are three devices, and the fourth is reported missing by address', () => {
    const shown = JSON.parse(recorded('gpus/gpu-listed-twice/pci.json')) as Record<string, string>[];
    const texts = shown.map((gpu) => `${gpu['address']} ${gpu['vendor']}:${gpu['device']}`).sort();
    const machine = machineWith(texts);
    const listed = readClinfo(recorded('gpus/gpu-listed-twice/clinfo.json'))!;
    const found = findComputeDevices(listed, machine, { openclCpuDevices: false, isChosenByHand: false });
    expect(addresses(found)).toEqual([
      [0, '0000:01:00.0'],
      [1, '0000:41:00.0'],
      [2, '0000:81:00.0'],
    ]);
    expect(missing(machine, found)).toBe(
      'the kernel shows 4 GPUs, clpeak measured 3: 0000:c1:00.0 (NVIDIA 10de:20b0) missing'
    );
    expect(found.devices.map(({ entries }) => entries.map((entry) => entry.platform))).toEqual([[0], [0], [0]]);
  });

  test('an emulated accelerator is not a device, and is named', () => {
    const listed = readClinfo(recorded('gpus/fpga-emulator/clinfo.json'))!;
    for (const machine of [machineWith(['0000:00:1e.0 10de:1eb8']), machineWith([])]) {
      const found = findComputeDevices(listed, machine, { openclCpuDevices: false, isChosenByHand: false });
      expect(addresses(found)).toEqual([[0, '0000:00:1e.0']]);
      expect(found.notCounted).toEqual(['"FPGA Emulation Device" of "Emulation Platform"']);
    }
  });

  test('an integrated GPU that OpenCL lists is not measured', () => {
    const machine = machineWith(['0000:01:00.0 10de:1eb8', '0000:09:00.0 1002:164e 0300']);
    const found = find(machine, [
      platform('AMD Accelerated Parallel Processing', device('gfx1036', 'GPU', amd, topology('0000:09:00.0'))),
      platform('NVIDIA CUDA', device('Tesla T4', 'GPU', nvidia, at('0000:01:00.0'))),
    ]);
    expect(addresses(found)).toEqual([[0, '0000:01:00.0']]);
    expect(found.notCounted).toEqual([]);
    expect(missing(machine, found)).toBeNull();
  });
});

describe('one device under two platforms', () => {
  test('is measured on the platform of its vendor, in any order', () => {
    const listed = [platform('Portable Computing Language', a100(bus(0x41))), platform('NVIDIA CUDA', a100(bus(0x41)))];
    const found = find(four, listed);
    expect(addresses(found)).toEqual([[1, '0000:41:00.0']]);
    expect(found.devices[0]!.entries.map((entry) => entry.platform)).toEqual([1]);
  });

  test("is measured on all platforms if none is its vendor's", () => {
    const listed = [
      platform('Portable Computing Language', a100(bus(0x41))),
      platform('rusticl', a100(at('0000:41:00.0'))),
    ];
    expect(find(four, listed).devices.map(({ entries }) => entries.length)).toEqual([2]);
  });

  test('is one even if the same driver is registered twice', () => {
    const rocm = platform(
      'AMD Accelerated Parallel Processing',
      device('gfx942', 'GPU', amd, topology('0000:05:00.0'))
    );
    const found = find(machineWith(['0000:05:00.0 1002:74a1 1200']), [rocm, rocm]);
    expect(addresses(found)).toEqual([[0, '0000:05:00.0']]);
    expect(found.devices[0]!.isPartitioned).toBe(false);
  });

  test("is one if PoCL reports the slot differently from NVIDIA's driver", () => {
    const machine = machineWith(['0000:00:1e.0 10de:1eb8']);
    const listed = [
      platform('NVIDIA CUDA', a100(bus(0, 0xf0))),
      platform('Portable Computing Language', a100(bus(0, 0x1e))),
    ];
    expect(addresses(find(machine, listed))).toEqual([[0, '0000:00:1e.0']]);
  });

  test('is one by its UUID if a driver reports no address', () => {
    const uuid = '4fcac49b-bc5a-f781-9c02-889186926070';
    const [first, ...others] = four.gpus;
    const machine = { ...four, gpus: [{ ...first!, uuid: `GPU-${uuid}` }, ...others] };
    const listed = [platform('NVIDIA CUDA', a100({ CL_DEVICE_UUID_KHR: uuid }))];
    expect(addresses(find(machine, listed))).toEqual([[0, '0000:01:00.0']]);
  });
});

describe('an entry without an address', () => {
  test('never makes another GPU look present', () => {
    const reported = ['0000:01:00.0', '0000:41:00.0', '0000:81:00.0'].map((each) => a100(at(each)));
    for (const listed of [
      [platform('NVIDIA CUDA', ...reported, a100())],
      [
        platform('NVIDIA CUDA', ...reported),
        platform('Portable Computing Language', ...Array.from({ length: 4 }, () => a100())),
      ],
    ]) {
      const found = find(four, listed);
      expect(found.devices).toHaveLength(3);
      expect(missing(four, found)).toMatch(/: 0000:c1:00\.0 \(NVIDIA 10de:20b0\) missing$/);
    }
  });

  test('is the only GPU of its vendor, if there is no other', () => {
    const machine = machineWith(['0000:01:00.0 10de:1eb8', '0000:05:00.0 1002:74a1 1200']);
    const found = find(machine, [
      platform('NVIDIA CUDA', device('Tesla T4', 'GPU', nvidia, at('0000:01:00.0'))),
      platform('rusticl', device('gfx942', 'GPU', amd)),
    ]);
    expect(addresses(found)).toEqual([
      [0, '0000:01:00.0'],
      [1, '0000:05:00.0'],
    ]);
  });

  test('counts on one platform, not on several; if some are missing, it is unknown which', () => {
    const silent = (name: string, count: number) => platform(name, ...Array.from({ length: count }, () => a100()));
    const found = find(four, [silent('NVIDIA CUDA', 3), silent('Portable Computing Language', 3)]);
    expect(addresses(found)).toEqual([
      [0, null],
      [1, null],
      [2, null],
    ]);
    expect(missing(four, found)).toMatch(
      /^the kernel shows 4 GPUs, clpeak measured 3: 1 missing of 0000:01:00\.0, .*, 0000:c1:00\.0 \(NVIDIA 10de:20b0\), and OpenCL does not tell which$/
    );
    expect(missing(four, find(four, [silent('NVIDIA CUDA', 4)]))).toBeNull();
    expect(find(four, [silent('NVIDIA CUDA', 5)]).devices).toHaveLength(4);
  });

  test('is not a GPU if it is, or may be, an unmeasured one', () => {
    const silent = [platform('rusticl', device('gfx', 'GPU', amd))];
    expect(find(machineWith(['0000:09:00.0 1002:164e 0300']), silent).devices).toEqual([]);
    const both = machineWith(['0000:05:00.0 1002:74a1 1200', '0000:09:00.0 1002:164e 0300']);
    expect(find(both, silent).devices).toEqual([]);
  });

  test('is a device if the kernel shows no GPU, as on ARM', () => {
    const mali = platform('ARM Platform', device('Mali-G610', 'GPU', 0x13b5));
    expect(addresses(find(machineWith(['0000:03:00.0 1a03:2000 0300']), [mali, mali]))).toEqual([[0, null]]);
    const beside = find(four, [mali]);
    expect(beside.devices).toEqual([]);
    expect(beside.notCounted).toEqual(['"Mali-G610" of "ARM Platform"']);
  });
});

describe('machines with several PCI domains', () => {
  const domains = ['0000', '0001', '0002', '0003'].map((domain) => `${domain}:02:00.0 1002:74a0 1200`);
  const apu = device('gfx942', 'GPU', amd, topology('0000:02:00.0'));
  const rocm = (count: number) =>
    platform('AMD Accelerated Parallel Processing', ...Array.from({ length: count }, () => apu));

  test('as many devices as GPUs on one bus number are all of them', () => {
    const machine = machineWith(domains);
    const found = find(machine, [rocm(4)]);
    expect(found.devices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(missing(machine, found)).toBeNull();
  });

  test('one too few is missing, and it is unknown which', () => {
    const machine = machineWith(domains);
    expect(missing(machine, find(machine, [rocm(3)]))).toMatch(
      /^the kernel shows 4 GPUs, clpeak measured 3: 1 missing of /
    );
  });

  test('devices with a certain address leave one address for the other', () => {
    const machine = machineWith(['0004:04:00.0', '0004:05:00.0', '0035:04:00.0'].map((each) => `${each} 10de:1db1`));
    const reported = [
      platform('NVIDIA CUDA', a100(bus(5)), a100({ ...bus(4), CL_DEVICE_PCI_DOMAIN_ID_NV: 0x35 }), a100(bus(4))),
    ];
    expect(addresses(find(machine, reported))).toEqual([
      [0, '0004:04:00.0'],
      [1, '0004:05:00.0'],
      [2, '0035:04:00.0'],
    ]);
  });
});

describe('parts of a GPU', () => {
  test('a MIG instance does not stand for its GPU', () => {
    const mig = device('NVIDIA A100-SXM4-40GB MIG 1g.5gb', 'GPU', nvidia, at('0000:41:00.0'));
    const found = find(four, [platform('NVIDIA CUDA', mig)]);
    expect(found.devices).toMatchObject([{ index: 1, address: '0000:41:00.0', isPartitioned: true }]);
    expect(missing(four, found)).toBe(
      'partitioned, so clpeak sees only parts of the GPU: 0000:41:00.0 NVIDIA A100-SXM4-40GB MIG 1g.5gb; the kernel shows 4 GPUs'
    );
  });

  test.each([
    ['functions that PCI does not have', ['0', '1', '2']],
    ['one address', ['0', '0', '0']],
  ])('compute partitions are one device, detected by %s', (_, functions) => {
    const parts = functions.map((fn) => device('gfx942', 'GPU', amd, topology(`0000:05:00.${fn}`)));
    const found = find(machineWith(['0000:05:00.0 1002:74a1 1200']), [
      platform('AMD Accelerated Parallel Processing', ...parts),
    ]);
    expect(found.devices).toMatchObject([{ index: 0, address: '0000:05:00.0', isPartitioned: true }]);
  });
});

describe('CPUs', () => {
  const oclgrind = device('Oclgrind Simulator', 'CPU', intel, {
    CL_DEVICE_TYPE: { type: ['CL_DEVICE_TYPE_CPU', 'CL_DEVICE_TYPE_GPU', 'CL_DEVICE_TYPE_ACCELERATOR'] },
  });

  test('a simulator with all device types is not measured', () => {
    expect(find(four, [platform('Oclgrind', oclgrind)])).toEqual({ devices: [], notCounted: [] });
  });

  test('if CPUs are requested, two platforms list the same one, and it does not replace a GPU', () => {
    const cpu = device('EPYC', 'CPU', intel);
    const options = { openclCpuDevices: true, isChosenByHand: false };
    const found = find(four, [platform('Portable Computing Language', cpu), platform('Intel(R) OpenCL', cpu)], options);
    expect(addresses(found)).toEqual([[4, null]]);
    expect(missing(four, found)).toMatch(/^the kernel shows 4 GPUs, clpeak measured 0: /);
  });
});

test('GPUs that only OpenCL shows count in address order, unless GPUs were chosen manually', () => {
  const listed = [platform('NVIDIA CUDA', a100(at('0000:c1:00.0')), a100(at('0000:01:00.0')))];
  expect(addresses(find(machineWith([]), listed))).toEqual([
    [0, '0000:01:00.0'],
    [1, '0000:c1:00.0'],
  ]);
  expect(find(machineWith([]), listed, { openclCpuDevices: false, isChosenByHand: true }).devices).toEqual([]);
});

test('for any list, there are never more devices than the kernel shows, and each index is unique', () => {
  const identity = fc.oneof(
    fc.constant({}),
    fc.constantFrom('01', '41', '81', 'c1').map((each) => at(`0000:${each}:00.0`)),
    fc.constantFrom(0x01, 0x41, 0x81, 0xc1).map((each) => bus(each))
  );
  const entry = fc.tuple(fc.constantFrom('GPU', 'ACCELERATOR', 'CPU'), identity);
  const listed = fc.array(fc.array(entry, { maxLength: 5 }), { maxLength: 3 });
  fc.assert(
    fc.property(listed, (platforms) => {
      const found = find(
        four,
        platforms.map((entries, nth) =>
          platform(
            nth === 1 ? 'NVIDIA CUDA' : `P${nth}`,
            ...entries.map(([type, more]) => device('d', type, nvidia, more))
          )
        )
      );
      const places = found.devices.map(({ index }) => index);
      expect(new Set(places).size).toBe(places.length);
      expect(places.every((place) => place < 4)).toBe(true);
    })
  );
});
