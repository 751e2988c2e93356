import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readClinfo } from '../../src/benchmarks/clinfo.ts';
import { recorded } from './recorded.ts';

const real = recorded('clpeak/clinfo-pocl.json');
const listed = [
  {
    name: 'Portable Computing Language',
    vendor: 'The pocl project',
    devices: [
      {
        ...{ name: 'pthread-skylake-avx512-AMD EPYC', types: ['CL_DEVICE_TYPE_CPU'], vendorId: '8086' },
        ...{ locations: [], uuid: null },
      },
    ],
  },
];

test('reads a real listing with duplicate keys', () => {
  expect(readClinfo(real)).toEqual(listed);
});

test('ignores output before the listing', () => {
  expect(readClinfo(`welcome to {web-7}\nlibGL warning: no display\n${real}`)).toEqual(listed);
});

test('reads a listing with the unquoted pointers that clinfo prints for several AMD GPUs', () => {
  const type = '"CL_DEVICE_TYPE" :';
  expect(
    readClinfo(real.replace(type, `"CL_DEVICE_P2P_DEVICES_AMD" : [ 0x5618a5c482f0, 0x5618a5c4a7e0 ], ${type}`))
  ).toEqual(listed);
});

test('keeps a name that looks like a pointer, and cleans one with terminal escapes', () => {
  const name = 'pthread-skylake-avx512-AMD EPYC';
  const named = (text: string) => readClinfo(real.replace(name, text))?.[0]?.devices[0]?.name;
  expect(named('GPU \\" 0x74a1')).toBe('GPU " 0x74a1');
  expect(named('GPU\t\x1b[31m\n80GB')).toBe('GPU [31m 80GB');
});

test('a platform without devices and no platform at all are listings too', () => {
  expect(
    readClinfo('{ "platforms" : [ { "CL_PLATFORM_NAME" : "Clover" } ], "devices" : [ { "online" : [ ] } ] }')
  ).toEqual([{ name: 'Clover', vendor: '', devices: [] }]);
  expect(readClinfo('{ "platforms" : [ ], "icd_loader" : { "_detected_version" : "3.0" } }')).toEqual([]);
});

test.each([
  '',
  'sh: 1: clinfo: not found',
  'Number of platforms                               1\n  Platform Name                                   Clover',
  '{ "platforms" : 1, "devices" : 1 }',
  '{ "platforms" : [ { "CL_PLATFORM_NAME" : "Clover" } ] }',
  '{ "platforms" : [ { "CL_PLATFORM_NAME" : 7 } ], "devices" : [ { } ] }',
  '{ "platforms" : [ { "CL_PLATFORM_NAME" : "Clover" } ], "devices" : [ { "online" : [ { "CL_DEVICE_NAME" : "gpu" } ] } ] }',
])('finds no listing in %j', (text) => {
  expect(readClinfo(text)).toBeNull();
});

test('a listing that is truncated anywhere is rejected', () => {
  fc.assert(
    fc.property(fc.nat(real.length - 1), (length) => {
      expect(readClinfo(real.slice(0, length))).toBeNull();
    })
  );
});

test('a megabyte of quotes and backslashes is rejected quickly', () => {
  for (const evil of ['"\\', '"', '\\"', '0x', '{ "platforms" '])
    expect(readClinfo(`{ "platforms" : [ "${evil.repeat(500_000)}`)).toBeNull();
});
