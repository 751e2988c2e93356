import { describe, expect, test } from 'vitest';
import { problemsOfBurn, read } from '../support/read-configuration.ts';

const ofMetric = async (keys: string): Promise<string[]> => problemsOfBurn(`metrics: { score: { unit: x, ${keys} } }`);

const devices = 'device: must be index, row, column or [row, column]';
const allGroups = 'only value, unit, device and list have a meaning';
const matchesAll =
  'matches an empty text, and so every output; remove an empty alternative such as "FAIL|", or write + in place of *';
const shifts =
  'device: needs a list ("split" and "each"), since a missing value would shift the others; write a group (?<device>...)';

const nothing =
  'device: has nothing to index, since the metric has one value: leave it out, or find all of them: [*] in a path, no row or no column';

const several =
  'device: cannot tell which list of the path has the devices: keep one [*], and choose in the others by [0] or a filter';

describe('a metric is refused in one sentence', () => {
  test.each([
    ["json: '$.nodes[*].gpus[*]', device: index", several],
    ["yaml: '$.a[?@.ok].b[?@.ok]', device: index", several],
    ['json: $.a, device: indx', `${devices}; did you mean "index"?`],
    ['json: $.a, device: rows', `${devices}; did you mean "row"?`],
    ['json: $.a, device: 0', devices],
    ['json: $.a, device: [column, row]', devices],
    ['json: $.a, device: [row]', devices],
    ['json: $.a, device: ', devices],
    [
      "pattern: 'GPU (?<devise>.) (?<value>.)'",
      `pattern: has a group (?<devise>...), but ${allGroups}; did you mean "device"?`,
    ],
    ["pattern: '(?<val>.)'", `pattern: has a group (?<val>...), but ${allGroups}; did you mean "value"?`],
    ["pattern: '(?<Value>.)'", `pattern: has a group (?<Value>...), but ${allGroups}; did you mean "value"?`],
    ["pattern: '(?<speed>.)'", `pattern: has a group (?<speed>...), but ${allGroups}`],
    [
      "pattern: '(?<list>.)', split: a, each: '(?<list>.)'",
      'each: has a group (?<list>...), but only value, unit and device have a meaning',
    ],
    [
      "pattern: '(?<device>.) (?<list>.)', split: a, each: '(.)'",
      'pattern: must have no other group than (?<list>...), since "each" reads the parts: write (?<device>...) there',
    ],
    [
      "table: { header: '(?<value>.)' }",
      'table.header: has a group (?<value>...), but names of groups have no meaning here; write (?:...)',
    ],
    ["pattern: 'OK|', take: count", `pattern: ${matchesAll}`],
    ["pattern: '(\\d*)', take: count", `pattern: ${matchesAll}`],
    ["pattern: '(.)', device: index", shifts],
    ["pattern: '(.)', device: index, take: each", shifts],
    ["pattern: '(.)', device: index, take: last", shifts],
    ['json: $.a, device: index', nothing],
    ["yaml: '$.a[0]', device: index", nothing],
    ['table: { header: a, row: b, column: c }, device: index', nothing],
    ["json: '$.a[*]', device: index, take: last", 'device: needs all values: "take: each", or a list'],
    ["json: 'jobs[0].read.iops'", 'json: must begin with "$": $.jobs[0].read.iops'],
    ["yaml: '.metrics[0]'", 'yaml: must begin with "$": $.metrics[0]'],
    ["json: ' $.a'", 'json: must begin with "$": $.a'],
    ["json: 'a b'", 'json: must begin with "$"'],
    ["json: '$.clat_ns.99.0'", "json: is not a valid JSONPath (RFC 9535) at character 11; write the key as ['99']"],
    [
      "yaml: '$.a.bogo-ops.b'",
      "yaml: is not a valid JSONPath (RFC 9535) at character 9; write the key as ['bogo-ops']",
    ],
    ["json: '$.a['", 'json: is not a valid JSONPath (RFC 9535) at character 5'],
    ['table: Size', "table: must be a map such as { header: 'Size +Time' }"],
  ])('%s', async (keys, message) => {
    expect(await ofMetric(keys)).toEqual([message]);
  });

  test('a text in place of a map', async () => {
    expect(await problemsOfBurn("metrics: { score: 'score: (.)' }")).toEqual([
      "must be a map such as { pattern: 'score: (\\S+)', unit: points }",
    ]);
  });
});

test('groups that have a meaning, and signs that need a character, are accepted', async () => {
  const list =
    "list: { pattern: '(?<list>.+)', split: ' - ', each: '(?<device>.): (?<value>.)', device: index, unit: x }";
  const speed = "speed: { pattern: '(?<device>.): (?<value>.) (?<unit>.)', unit: x }";
  const signs = "require: ['^PASS$'], faults: [{ pattern: 'GPU (?<device>.) BAD', says: x }]";
  const text = `servers: { web-1: }\nbenchmarks: { burn: { command: x, ${signs}, metrics: { ${list}, ${speed} } } }`;
  expect((await read(text)).benchmarks).toMatchObject([{ benchmark: 'burn' }]);
});

describe('the unit', () => {
  test.each([
    ["'MB\\s'", 'has "\\", which no unit has; did you mean "MB/s"?'],
    ["'MB/s:'", 'has ":", which no unit has'],
    ["'GB/s, read'", 'has ",", which no unit has'],
    ["'[MB/s]'", 'has "[", which no unit has'],
    ["'{unit}'", 'has "{", which no unit has'],
    ["'\\S+'", 'has "\\", which no unit has'],
    ['"MB\\ts"', 'must be one line of printable text'],
  ])('%s is refused', async (unit, message) => {
    expect(await problemsOfBurn(`metrics: { score: { pattern: a, unit: ${unit} } }`)).toEqual([`unit: ${message}`]);
  });

  test.each([
    'bogo ops/s',
    'µs',
    '°C',
    '%',
    'x',
    '×',
    'm·s⁻²',
    'GFLOPS (FP32)',
    'tokens/$',
    'W/(m*K)',
    'items_per_second',
    'p99-ms',
    '回/秒',
  ])('%s is accepted', async (unit) => {
    const metrics = `{ score: { pattern: a, unit: '${unit}' } }`;
    const { benchmarks } = await read(`servers: { a: }\nbenchmarks: { burn: { command: x, metrics: ${metrics} } }`);
    expect(benchmarks[0]!.command!.output.metrics).toMatchObject([{ unit }]);
  });
});
