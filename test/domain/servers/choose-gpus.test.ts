import { describe, expect, test } from 'vitest';
import { chooseGpus, type GpuChoice, type PciGpu } from '../../../src/domain/servers/choose-gpus.ts';
import { otherGpusNote } from '../../../src/domain/servers/machine.ts';

/** `10de:1eb8 0302`: vendor, device and class; each GPU has its own bus. */
function pci(text: string, bus: number, more: Partial<PciGpu> = {}): PciGpu {
  const [, vendorId = '', deviceId = '', pciClass = ''] = /^(\w{4}):(\w{4}) (\w{4})$/.exec(text) ?? [];
  return {
    ...{ address: `0000:0${bus}:00.0`, vendorId, deviceId, pciClass, model: null, uuid: null },
    ...{ isBootVga: false, isInProcessor: false, isPassedThrough: false, ...more },
  };
}

/** The devices that are measured, and the reasons why the others are not. */
function chosen(shown: readonly PciGpu[], choice: GpuChoice | null = null): [number[], string[]] {
  const { gpus, otherGpus = [] } = chooseGpus(shown, choice);
  const places = gpus.map(({ address }) => shown.findIndex((each) => each.address === address));
  return [places, otherGpus.map(({ why }) => why)];
}

describe('by default', () => {
  test.each([
    ['a T4', '10de:1eb8 0302'],
    ['an MI300X', '1002:74a1 1200'],
    ['an MI300A, which is processor and accelerator', '1002:74a0 1200'],
    ['an Instinct MI50', '1002:66a1 0380'],
    ['a Radeon of RDNA 4', '1002:7550 0300'],
    ['a Radeon HD 4870', '1002:9440 0300'],
    ['an Intel Flex 170', '8086:56c0 0380'],
  ])('%s is measured', (_, gpu) => {
    expect(chosen([pci(gpu, 5)])).toEqual([[0], []]);
  });

  test.each([
    ['Raphael, of Ryzen 7000 and EPYC 4004', '1002:164e 0300'],
    ['Granite Ridge, of Ryzen 9000 and EPYC 4005', '1002:13c0 0300'],
    ['Renoir', '1002:1636 0300'],
    ['Strix Halo', '1002:1586 0380'],
    ['Kaveri', '1002:130f 0300'],
    ['Trinity', '1002:9901 0300'],
  ])('the GPU of an AMD processor is not: %s', (_, gpu) => {
    expect(chosen([pci(gpu, 9)])).toEqual([[], ['integrated']]);
  });

  test('nor is one that shares its slot with other parts of a processor, whatever its id', () => {
    expect(chosen([pci('1002:75ff 0300', 9, { isInProcessor: true })])).toEqual([[], ['integrated']]);
  });

  test('nor are the GPU and the NPU of an Intel processor, which are on bus 0', () => {
    expect(chosen([pci('8086:a780 0300', 0), pci('8086:7d1d 1200', 0)])).toEqual([[], ['integrated', 'integrated']]);
  });

  test.each([
    ['an Arc A770', '8086:56a0 0300'],
    ['a Data Center GPU Max 1550', '8086:0bd5 0380'],
    ['an Arc B580', '8086:e20b 0300'],
    ['an Iris Xe MAX', '8086:4905 0380'],
  ])('but an Intel card is, also on bus 0 as in a virtual machine: %s', (_, gpu) => {
    expect(chosen([pci(gpu, 0, { address: '0000:00:10.0' })])).toEqual([[0], []]);
  });

  test.each([
    ['ATI ES1000', '1002:515e 0300'],
    ['ATI Rage XL', '1002:4752 0300'],
    ['ATI Radeon 7000', '1002:5159 0300'],
    ['Radeon X1300', '1002:7183 0300'],
    ['ASPEED', '1a03:2000 0300'],
    ['Matrox G200', '102b:0536 0300'],
    ['Huawei Hi1710', '19e5:1711 0300'],
    ['virtio', '1af4:1050 0380'],
  ])('a display-only device is not a GPU, even if it is the only one or chosen manually: %s', (_, gpu) => {
    expect(chosen([pci(gpu, 3, { isBootVga: true })])).toEqual([[], ['display only']]);
    expect(chosen([pci(gpu, 3)], { model: '*' })).toEqual([[], ['display only']]);
  });

  test('a card that only draws the console is not, if there are GPUs of another model', () => {
    const [quadro, a100] = [pci('10de:1cb6 0300', 1, { isBootVga: true }), pci('10de:20b0 0302', 2)];
    expect(chosen([quadro, a100])).toEqual([[1], ['boot VGA']]);
  });

  test('but it is if it is the only GPU, or one of several of the same model, as in a workstation', () => {
    const [first, second] = [pci('10de:2684 0300', 1, { isBootVga: true }), pci('10de:2684 0300', 2)];
    expect(chosen([first])).toEqual([[0], []]);
    expect(chosen([first, second])).toEqual([[0, 1], []]);
    expect(chosen([first, pci('1002:164e 0300', 9)])).toEqual([[0], ['integrated']]);
  });

  test('an accelerator of another vendor is not a GPU', () => {
    expect(chosen([pci('1da3:1020 1200', 4)])).toEqual([[], ['not a GPU']]);
  });
});

describe('with a manual choice', () => {
  const shown = [
    pci('10de:20b0 0302', 1, { model: 'NVIDIA A100-SXM4-40GB' }),
    pci('10de:1eb8 0302', 2, { model: 'Tesla T4' }),
    pci('1002:164e 0300', 9),
  ];

  test.each<[GpuChoice, number[]]>([
    [{ vendor: 'nvidia' }, [0, 1]],
    [{ vendor: 'nvidia', model: '*A100*' }, [0]],
    [{ model: '*a100*' }, [0]],
    [{ vendor: 'amd' }, [2]],
    [{ model: 'AMD 1002:164e' }, [2]],
    [{ vendor: 'amd', model: '*A100*' }, []],
  ])('%j means the devices at %j, integrated ones among them', (choice, places) => {
    expect(chosen(shown, choice)[0]).toEqual(places);
  });

  test('GPUs that are not chosen are named', () => {
    expect(otherGpusNote(chooseGpus(shown, { model: '*T4*' }))).toBe(
      'not measured: 0000:01:00.0 NVIDIA A100-SXM4-40GB (not chosen), 0000:09:00.0 AMD 1002:164e (not chosen)'
    );
  });

  test('a GPU that is reserved for a virtual machine is not measured, even if chosen', () => {
    expect(chosen([pci('10de:20b0 0302', 1, { isPassedThrough: true })], { vendor: 'nvidia' })).toEqual([
      [],
      ['reserved for a virtual machine'],
    ]);
  });
});

test('a server without a GPU has no note about the display of its management controller', () => {
  expect(otherGpusNote(chooseGpus([pci('1a03:2000 0300', 3), pci('1002:515e 0300', 1)], null))).toBeNull();
  expect(otherGpusNote(chooseGpus([pci('1a03:2000 0300', 3), pci('1002:164e 0300', 9)], null))).toBe(
    'not measured: 0000:09:00.0 AMD 1002:164e (integrated)'
  );
});

test('a note names four devices and counts the others', () => {
  const many = Array.from({ length: 7 }, (_, bus) => pci('1002:164e 0300', bus));
  expect(otherGpusNote(chooseGpus(many, null))).toMatch(/0000:03:00\.0 AMD 1002:164e \(integrated\) and 3 more$/);
});
