import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locateProblem } from '../../../src/source/yaml/locate-problem.ts';
import { parseWholeYaml, parseYaml } from '../../../src/source/yaml/parse-yaml.ts';
import { problems } from '../../support/temporary-folder.ts';

/** More of them: `FLEETMARK_ORACLE_RUNS=100000 npx vitest run test/source/yaml/yaml-value.test.ts`. */
const runs = Number(process.env['FLEETMARK_ORACLE_RUNS'] || 2000);
const dialects = ['core', 'ansible'] as const;

/** The other library refuses `a:`, a comment further left, and then the value on a line of its own: that is valid. */
function isMistakenFor(text: string, mistake = ''): boolean {
  return mistake.endsWith('implicit keys need to be on a single line') && /^ *#/m.test(text);
}

/** Throws where what was read fast is not what the whole of YAML has. @returns whether it was read fast */
function compare(text: string): boolean {
  const read = dialects.map((dialect) => {
    const fast = parseYaml(text, dialect);
    const whole = parseWholeYaml(text, dialect);
    if (isMistakenFor(text, whole.syntaxError?.message)) return false;
    expect([fast.syntaxError, fast.problems]).toEqual([whole.syntaxError, whole.problems]);
    expect(fast.nonTextKeys).toEqual(whole.nonTextKeys);
    expect(fast.value).toStrictEqual(whole.value);
    expect(JSON.stringify(fast.value)).toBe(JSON.stringify(whole.value));
    return fast.isInOrder;
  });
  return read.includes(true);
}

const scalars = [
  ...[
    'a',
    'web-1',
    '10.0.0.1',
    '22',
    '022',
    '0x1f',
    '0o17',
    '1_000',
    '1e3',
    '.5',
    '-1',
    '+1',
    '1.0',
    '12:30:45',
    '~',
    '~/k',
  ],
  ...[
    'true',
    'True',
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    'N',
    'null',
    'Null',
    '.inf',
    '.nan',
    '.NaN',
    '2026-11-24',
    '2026-1-1',
    '...',
  ],
  ...[
    '/a/b c',
    'a  b',
    'a:b',
    'a: b',
    'a :b',
    'fe80::1',
    'a::',
    'a:',
    '::1',
    'x#y',
    'x #y',
    '#',
    "'a b'",
    "'it''s'",
    '"a"',
    '"\\n"',
  ],
  ...[
    '""',
    "''",
    '"a',
    '"#"',
    '"a: b"',
    '- a',
    '-a',
    '--',
    '? a',
    '? ',
    '&a b',
    '*a',
    '!t x',
    '!!str 1',
    '|',
    '> x',
    '@x',
    '`x`',
    '%a',
    'a%b',
  ],
  ...[
    '{ a: b }',
    '{a: 1, b: "x, y"}',
    '{}',
    '{ }',
    '{ a }',
    '{ a: , b: }',
    '{a: }',
    '{ a: b, }',
    '{a:1}',
    '{ "a": 1 }',
    '{"a":1}',
  ],
  ...[
    '{ a: [x, 1] }',
    '[a, b]',
    '[]',
    '[ ]',
    '[a,]',
    '[a b, c]',
    '[a: b]',
    '[{ a: 1 }]',
    '{ a: b',
    '[a',
    '{ a: b:c }',
    '{a: b: c}',
  ],
  ...[
    ...[
      'a#b',
      'a!b $c',
      'x(1)',
      "a'b",
      "it's",
      'a"b',
      'a\\b',
      'a*b?',
      'a & b',
      'a | b',
      'a > b',
      '-o X=y',
      '-',
      '---',
      '-- a',
      "'{{ x(''y'') }}'",
      '# x',
    ],
    '{ yes: 1, 1.5: 2 }',
    '{ 10: a }',
    '<<',
    '=',
    '1:2',
    '190:20:30',
    '0b1',
    '0.1.2',
    '1.2.3.4.5',
    '__proto__',
    'ü',
    '"ü"',
    '\t',
    'a\tb',
  ],
  ...['&x', '&x a', '&x [1, *x]', '*x', '[*x, *y]', '{ a: *x }', '&y { b: 1 }', '!vault |', '!vault a', '!unsafe "a"'],
  ...[
    '!unsafe',
    '!vault [a]',
    '|',
    '|-',
    '|+',
    '>',
    '>-',
    '|2',
    '>1-',
    '| # c',
    '"a',
    "'a",
    'b"',
    '? [a]',
    '!<!vault> a',
  ],
];
const keys = [
  'a',
  'b-1',
  'c.d',
  'all',
  'yes',
  'null',
  '1.5',
  '10',
  '01',
  '10.0.0.1',
  '2001:db8::1',
  '1:2',
  '"q r"',
  "'s'",
  '""',
  '<<',
  '__proto__',
  '- a',
  'ö',
  'a b',
];
const line = fc
  .tuple(
    fc.constantFrom(0, 0, 2, 2, 4, 4, 6, 1, 3),
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...keys) },
      fc.constantFrom(
        '-',
        '#',
        '---',
        '',
        '...',
        'text',
        '- - a',
        '- &x a',
        '- *x',
        '*x ',
        '&x k',
        '? a',
        ': b',
        '%YAML 1.1',
        'b"',
        "c'",
        ']',
        '}',
        '- - - { a: 1 }',
        '$ANSIBLE_VAULT;1.1;AES256',
        '6233'
      )
    ),
    fc.constantFrom(':', ':', ':', ':', ' :', ''),
    fc.oneof(fc.constant(''), fc.constantFrom(...scalars.map((scalar) => ` ${scalar}`))),
    fc.constantFrom('', '', '', ' ', ' # c', '# c', ' #c: d')
  )
  .map(([indent, key, colon, value, comment]) => ' '.repeat(indent) + key + colon + value + comment);

describe('whatever is read fast is what the whole of YAML has', () => {
  test('scalar for scalar, in every place', () => {
    const places = [
      (of: string) => `k: ${of}`,
      (of: string) => `k: ${of}  # c`,
      (of: string) => `k:\n  - ${of}\n  - b`,
      (of: string) => `k:\n- ${of}\nl: 1`,
      (of: string) => `k: { a: ${of} }`,
      (of: string) => `k: {a: ${of}, b: 1}`,
      (of: string) => `k: [${of}, b]`,
      (of: string) => `${of}: 1`,
      (of: string) => `k:\n  ${of}: 1\n  b:\n   c: d`,
    ];
    const read = scalars.flatMap((scalar) => places.map((place) => compare(place(scalar))));
    expect(read.filter((fast) => fast).length).toBeGreaterThan(read.length / 3);
  });

  test('text for text', { timeout: 20_000 + runs * 5 }, () => {
    const text = fc
      .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\n', '\r\n'))
      .map(([lines, end]) => lines.join(end));
    fc.assert(
      fc.property(text, (written) => void compare(written)),
      { numRuns: runs }
    );
  });

  test('and that is what ordinary files are', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const list = readFileSync(join(root, 'test/fixtures/inventories/ordinary.ini.list.yml'), 'utf8');
    const [inventory = ''] = list.split(/^.*&id001$/m); // up to its first anchor
    const example = readFileSync(join(root, 'examples/fleetmark.yaml'), 'utf8');
    expect([compare(inventory), compare(example)]).toEqual([true, true]);
  });
});

test('a place in what was read fast is the same place', () => {
  const text = 'a:\n  b: { c: 1, d: [x, y] }\n  e:\n# x\nf: 2\n';
  for (const path of [['a'], ['a', 'b', 'd', 1], ['a', 'e'], ['f']]) {
    const place = { path, message: '', atKey: false };
    expect(locateProblem(parseYaml(text), place)).toEqual(locateProblem(parseWholeYaml(text, 'core'), place));
  }
});

test('a wrong line among 10,000 servers has its number, in every format', async () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const lines = (line: (index: number) => string, wrong: string): string =>
    numbers.map((index) => (index === 7000 ? wrong : line(index))).join('\n');
  const refusal = async (name: string, content: string) =>
    problems(`inventory: ${name}`, { files: { [name]: content } });

  expect(await problems(`servers:\n${lines((n) => `  w${n}: { host: 10.0.0.1 }`, '  w7000: { hots: a }')}`)).toEqual([
    'fleetmark.yaml:7002:12: servers.w7000.hots: unknown key; did you mean "host"?',
  ]);
  expect(await refusal('h.yml', `all:\n hosts:\n${lines((n) => `  w${n}: {ansible_port: 22}`, '  w7000: x')}`)).toEqual(
    ['h.yml:7003: "w7000" must have a map of variables, or nothing']
  );
  expect(
    await refusal(
      'h.ini',
      lines((n) => `w${n} ansible_port=22`, 'w7000 ansible_port=0')
    )
  ).toEqual(['h.ini:7001: w7000: ansible_port "0" is not a port: 1 to 65535']);
  expect(
    await refusal(
      'h.txt',
      lines((n) => `w${n}`, 'w1')
    )
  ).toEqual(['h.txt:7001: w1 is there twice, first in line 2']);
  const list = lines((n) => ` "w${n}": {},`, ' "w7000": {"ansible_port": 0},');
  const names = numbers.map((n) => `"w${n}"`).join();
  expect(
    await refusal('h.json', `{"_meta": {"hostvars": {\n${list}\n "w0x": {}}}, "all": {"hosts": [${names},"w0x"]}}`)
  ).toEqual(['h.json:7002: w7000: ansible_port "0" is not a port: 1 to 65535']);
});
