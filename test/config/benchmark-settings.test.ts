import { expect, test } from 'vitest';
import { problems } from '../support/read-configuration.ts';

test.each([
  ['read: both', 'read'],
  ['keep: { tail: 1 MiB }', 'keep'],
  ['require: [PASS]', 'require'],
  ['faults: [{ pattern: FAIL, says: x }]', 'faults'],
  ['exit: { 1: fail }', 'exit'],
  ['firstGpu: 1', 'firstGpu'],
])('%s without a command is refused', async (written, key) => {
  expect(await problems(`servers: { a: }\nbenchmarks: { cpu: { ${written} } }`)).toEqual([
    `fleetmark.yaml:2:22: benchmarks.cpu.${key}: only applies to a command`,
  ]);
  // An unknown name needs a command: one sentence says so.
  expect(await problems(`servers: { a: }\nbenchmarks: { burn: { ${written} } }`)).toEqual([
    'fleetmark.yaml:2:15: benchmarks.burn: needs a command; only cpu and gpu work without one',
  ]);
});
