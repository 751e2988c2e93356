import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { readFleetInput, readServerInput, type FleetSelection } from '../../../src/inventory/selection/fleet-input.ts';
import type { Configuration } from '../../../src/domain/plans/configuration.ts';
import { Failure } from '../../../src/domain/failures/failure.ts';
import type { RunSelection } from '../../../src/domain/plans/plan.ts';
import { read } from '../../support/read-configuration.ts';

let configuration: Configuration;
beforeEach(async () => {
  const burn = "burn: { command: x, metrics: { score: { pattern: '(.)', unit: x } } }";
  configuration = await read(`servers: { web-1: , web-2: , db-1: }\nmaxParallel: 7\nbenchmarks: { cpu: , ${burn} }`);
});

const everything = {
  serverIds: ['web-1', 'web-2', 'db-1'],
  selection: { limit: null, sample: null, seed: null, of: 3 },
  skipped: {},
  maxParallel: 7,
  benchmarks: ['cpu', 'burn'],
  note: null,
  measureOnly: false,
  evenIfBusy: false,
  checkOnly: false,
};

function limited(limit: string[], serverIds: string[]): Partial<FleetSelection> {
  return { serverIds, selection: { limit, sample: null, seed: null, of: serverIds.length } };
}

function sampled(selection: RunSelection, serverIds: string[]): Partial<FleetSelection> {
  return { serverIds, selection };
}

test.each([[[]], [[null]], [[undefined]], [[{}]], [[{ note: null }]]])('%j selects everything', (args) => {
  expect(readFleetInput(args, configuration)).toEqual(everything);
});

test.each([
  [{ limit: ['web-*', '!web-1'] }, limited(['web-*', '!web-1'], ['web-2'])],
  [{ limit: 'db-1' }, limited(['db-1'], ['db-1'])],
  [{ limit: 'web-1,db-1' }, limited(['web-1,db-1'], ['web-1', 'db-1'])],
  [{ sample: 2, seed: 3 }, sampled({ limit: null, sample: 2, seed: 3, of: 3 }, ['web-2', 'db-1'])],
  [{ sample: '34%', seed: 1 }, sampled({ limit: null, sample: '34%', seed: 1, of: 3 }, ['web-1', 'web-2'])],
  [{ sample: 7, seed: 0 }, sampled({ limit: null, sample: 7, seed: 0, of: 3 }, ['web-1', 'web-2', 'db-1'])],
  [{ limit: 'web-*', sample: '50%', seed: 1 }, sampled({ limit: ['web-*'], sample: '50%', seed: 1, of: 2 }, ['web-2'])],
  [{ benchmarks: ['burn', 'cpu', 'burn'] }, { benchmarks: ['cpu', 'burn'] }],
  [{ benchmarks: ['burn'] }, { benchmarks: ['burn'] }],
  [{ maxParallel: 1 }, { maxParallel: 1 }],
  [{ maxParallel: 1000 }, { maxParallel: 7 }],
  [{ note: 'nightly, Ünïcode 🚀' }, { note: 'nightly, Ünïcode 🚀' }],
  [{ measureOnly: true }, { measureOnly: true }],
  [{ evenIfBusy: true }, { evenIfBusy: true }],
  [{ checkOnly: true }, { checkOnly: true }],
])('%j selects a part of the fleet', (input, changed) => {
  expect(readFleetInput([input], configuration)).toEqual({ ...everything, ...changed });
});

test('the seed that was drawn for a sample chooses the same servers again', () => {
  const drawn = readFleetInput([{ sample: 1 }], configuration);
  const { limit, ...selection } = drawn.selection;
  expect(selection).toEqual({ sample: 1, seed: expect.any(Number), of: 3 });
  expect(readFleetInput([{ sample: 1, seed: selection.seed }], configuration)).toEqual(drawn);
});

describe('any other input is refused in one sentence', () => {
  const wrong = 'Invalid input for benchmarkFleet: ';
  const example = 'benchmarkFleet takes an object such as {"limit": ["web-*"], "maxParallel": 5}, not ';
  test.each([
    [['web-1'], `${example}the string "web-1".`],
    [[5], `${example}5.`],
    [[true], `${example}true.`],
    [[['web-1']], `${example}a list.`],
    [[{}, {}], 'benchmarkFleet takes one input such as {"limit": ["web-*"], "maxParallel": 5}, not 2.'],
    [[null, null], 'benchmarkFleet takes one input such as {"limit": ["web-*"], "maxParallel": 5}, not 2.'],
    [[{ maxParalel: 5 }], `${wrong}maxParalel: unknown key; did you mean "maxParallel"?`],
    [[{ servers: ['web-1'] }], `${wrong}servers: unknown key`],
    [[JSON.parse('{"__proto__": {"limit": "x"}}')], `${wrong}__proto__: unknown key`],
    [[{ maxParallel: 0 }], `${wrong}maxParallel: must be at least 1, not 0`],
    [[{ maxParallel: 1.5 }], `${wrong}maxParallel: must be a whole number, not 1.5`],
    [[{ maxParallel: '5' }], `${wrong}maxParallel: must be a number, not the string "5"`],
    [[{ maxParallel: null }], `${wrong}maxParallel: is empty; it must be a number`],
    [[{ limit: null }], `${wrong}limit: must be an id or a pattern such as "web-*", or a list of them`],
    [[{ limit: [] }], `${wrong}limit: must not be empty; leave it out for all servers`],
    [[{ limit: [5] }], `${wrong}limit: must be an id or a pattern such as "web-*", or a list of them`],
    [
      [{ limit: ['web-*', 'x'.repeat(200_000)] }],
      `${wrong}limit: must not be longer than 200000 characters; choose by groups, wildcards or node sets`,
    ],
    [[{ limit: '' }], '"" is neither a server id nor a pattern.'],
    ...['5', '101%', '0%', 0, null].map((sample): [unknown[], string] => [
      [{ sample }],
      `${wrong}sample: must be a number of servers such as 5, or a percentage up to 100 %, such as "10%"`,
    ]),
    [[{ sample: 1, seed: -1 }], `${wrong}seed: must be at least 0, not -1`],
    [[{ sample: 1, seed: 2 ** 32 }], `${wrong}seed: must be at most 4294967295, not 4294967296`],
    [[{ seed: 1 }], 'A seed needs a sample: set "sample" to a number or a percentage.'],
    [[{ benchmarks: [] }], `${wrong}benchmarks: must not be empty; leave it out for all benchmarks`],
    [[{ benchmarks: 'cpu' }], `${wrong}benchmarks: must be a list, not the string "cpu"`],
    [[{ benchmarks: ['brun'] }], 'There is no benchmark "brun"; configured: cpu, burn; did you mean "burn"?'],
    [[{ benchmarks: ['gpu'] }], 'There is no benchmark "gpu"; configured: cpu, burn; did you mean "cpu"?'],
    [[{ benchmarks: ['__proto__'] }], 'There is no benchmark "__proto__"; configured: cpu, burn'],
    [[{ note: 'x'.repeat(201) }], `${wrong}note: must have at most 200 characters`],
    [[{ note: 'a\nb' }], `${wrong}note: must be one line of printable text`],
    [[{ note: 'a\u202eb' }], `${wrong}note: must be one line of printable text`],
    [[{ note: '\ud800' }], `${wrong}note: must be one line of printable text`],
    [[{ measureOnly: 'yes' }], `${wrong}measureOnly: must be true or false, not the string "yes"`],
    [
      [{ maxParallel: 0, Note: 'x' }],
      `${wrong}maxParallel: must be at least 1, not 0; Note: unknown key; did you mean "note"?`,
    ],
  ])('%j', (args, message) => {
    expect(() => readFleetInput(args, configuration)).toThrow(
      expect.objectContaining({ kind: 'InvalidInput', message })
    );
  });
});

test('too many servers for one run are refused before anything starts', async () => {
  const hosts = Array.from({ length: 2001 }, (_, index) => `web-${index}`);
  const large = await read('inventory: hosts.txt', { files: { 'hosts.txt': hosts.join('\n') } });
  const message =
    '2001 servers are selected, and this version runs at most 2000 in one run; choose fewer with "limit".';
  expect(() => readFleetInput([], large)).toThrow(expect.objectContaining({ kind: 'InvalidInput', message }));
  expect(readFleetInput([{ limit: '!web-7' }], large).serverIds).toHaveLength(2000);
  expect(readFleetInput([{ limit: hosts.slice(0, 2000) }], large).serverIds).toHaveLength(2000);
});

test('of two selected ids of one machine, only the first is measured; an id that is selected alone is measured', async () => {
  const same = await read('servers: { web-1: { host: 10.0.0.11 }, web-2: , front: { host: 10.0.0.11 } }');
  expect(readFleetInput([], same)).toMatchObject({
    serverIds: ['web-1', 'web-2', 'front'],
    skipped: { front: 'the same machine as web-1 (10.0.0.11:22)' },
  });
  expect(readFleetInput([{ limit: ['front', 'web-2'] }], same)).toMatchObject({ skipped: {} });
});

describe('the input of one server', () => {
  test('names the server, and may choose its benchmarks', () => {
    expect(readServerInput([{ serverId: 'db-1' }], configuration)).toEqual({
      serverId: 'db-1',
      benchmarks: ['cpu', 'burn'],
      measureOnly: false,
      evenIfBusy: false,
      checkOnly: false,
    });
    const input = { serverId: 'web-2', benchmarks: ['burn'], measureOnly: true, evenIfBusy: true, checkOnly: true };
    expect(readServerInput([input], configuration)).toEqual(input);
  });

  test.each([
    [[], 'InvalidInput', 'benchmarkServer needs an input such as {"serverId": "web-1"}.'],
    [[null], 'InvalidInput', 'benchmarkServer needs an input such as {"serverId": "web-1"}.'],
    [
      ['web-1'],
      'InvalidInput',
      'benchmarkServer takes an object such as {"serverId": "web-1"}, not the string "web-1".',
    ],
    [[{}], 'InvalidInput', 'Invalid input for benchmarkServer: serverId: is missing'],
    [
      [{ serverID: 'web-1' }],
      'InvalidInput',
      expect.stringContaining('serverID: unknown key; did you mean "serverId"?'),
    ],
    [
      [{ serverId: 'web-1' }, 1],
      'InvalidInput',
      'benchmarkServer takes one input such as {"serverId": "web-1"}, not 2.',
    ],
    [[{ serverId: 'web-1', benchmarks: ['gpu'] }], 'InvalidInput', expect.stringContaining('no benchmark "gpu"')],
    [[{ serverId: 'wbe-1' }], 'UnknownServer', '"wbe-1" is not in the inventory; did you mean "web-1"?'],
    [[{ serverId: 'web-*' }], 'UnknownServer', expect.stringContaining('"web-*" is not in the inventory')],
    [[{ serverId: 'toString' }], 'UnknownServer', '"toString" is not in the inventory.'],
    [[{ serverId: 'x\n\u001b[2J' }], 'UnknownServer', '"x\\n\\u001b[2J" is not in the inventory.'],
  ])('is refused in one sentence: %j', (args, kind, message) => {
    expect(() => readServerInput(args, configuration)).toThrow(expect.objectContaining({ kind, message }));
  });
});

test('any input is a selection from the inventory, or is refused in one line', () => {
  const key = fc.oneof(fc.constantFrom('limit', 'benchmarks', 'maxParallel', 'note', 'serverId'), fc.string());
  const input = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue()), fc.anything());
  fc.assert(
    fc.property(fc.array(input, { maxLength: 2 }), (args) => {
      for (const readInput of [readFleetInput, readServerInput]) {
        try {
          readInput(args, configuration);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect((error as Failure).message).toMatch(/^\P{C}+$/u);
        }
      }
    }),
    { numRuns: 500 }
  );
});
