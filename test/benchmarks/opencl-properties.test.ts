import { expect, test } from 'vitest';
import { openclLocations, openclUuid } from '../../src/benchmarks/opencl-properties.ts';

const of = (properties: Record<string, unknown>) => (name: string) => properties[name];
const nvidia = (bus: unknown, slot: unknown, domain?: unknown) =>
  of({ CL_DEVICE_PCI_BUS_ID_NV: bus, CL_DEVICE_PCI_SLOT_ID_NV: slot, CL_DEVICE_PCI_DOMAIN_ID_NV: domain });

test('the extension of Khronos has the full PCI address, and takes precedence', () => {
  const both = { CL_DEVICE_PCI_BUS_INFO_KHR: 'PCI-E, 0001:c1:1e.2', CL_DEVICE_PCI_BUS_ID_NV: 3 };
  expect(openclLocations(of(both))).toEqual([{ domain: 1, bus: 0xc1, device: 0x1e, fn: 2 }]);
});

test("AMD's extension has no domain, and buses above 7f as negative numbers", () => {
  expect(openclLocations(of({ CL_DEVICE_TOPOLOGY_AMD: 'PCI-E, 0000:ffffffc1:00.0' }))).toEqual([
    { domain: null, bus: 0xc1, device: 0, fn: 0 },
  ]);
});

test("NVIDIA's extension has the slot of PCI, with PoCL only the device, and with older drivers no domain", () => {
  expect(openclLocations(nvidia(0x41, 0, 0))).toEqual([{ domain: 0, bus: 0x41, device: 0, fn: 0 }]);
  expect(openclLocations(nvidia(0, 0xf0, 0))).toEqual([{ domain: 0, bus: 0, device: 0x1e, fn: 0 }]);
  expect(openclLocations(nvidia(0, 0x1e))).toEqual([
    { domain: null, bus: 0, device: 3, fn: 6 },
    { domain: null, bus: 0, device: 0x1e, fn: 0 },
  ]);
});

test.each([
  {},
  { CL_DEVICE_PCI_BUS_INFO_KHR: 'unknown' },
  { CL_DEVICE_TOPOLOGY_AMD: '<unknown (2): 0 0 0 0 0>' },
  { CL_DEVICE_TOPOLOGY_AMD: '' },
  { CL_DEVICE_PCI_BUS_ID_NV: '41', CL_DEVICE_PCI_SLOT_ID_NV: 0 },
  { CL_DEVICE_PCI_BUS_ID_NV: 65 },
  { CL_DEVICE_PCI_BUS_INFO_KHR: { domain: 0 } },
])('%j has no location', (properties) => {
  expect(openclLocations(of(properties))).toEqual([]);
});

test('a UUID of zeros is null', () => {
  const uuid = (text: unknown) => openclUuid(of({ CL_DEVICE_UUID_KHR: text }));
  expect(uuid('4fcac49b-bc5a-f781-9c02-889186926070')).toBe('4fcac49b-bc5a-f781-9c02-889186926070');
  for (const none of ['00000000-0000-0000-0000-000000000000', '', undefined, 7, 'x']) expect(uuid(none)).toBeNull();
});
