import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locateProblem } from '../../../src/source/yaml/locate-problem.ts';
import { parseYaml } from '../../../src/source/yaml/parse-yaml.ts';

describe('invalid YAML is refused in one sentence with its position', () => {
  test.each([
    ['a:\n\t- 1', 2, 1, 'tabs cannot indent; use spaces'],
    ['a: "x', 1, 6, 'missing closing quote "'],
    ['a: b: c', 1, 4, 'two keys on one line; quote a string that contains ": "'],
    ['a: "\\S"', 1, 5, 'invalid escape sequence \\S; use single quotes'],
    ['a: @x', 1, 4, 'plain value cannot start with reserved character @; quote the string'],
    ['a: [1,', 1, 7, 'flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a: !ruby/object:X {}', 1, 4, 'unknown tag; quote a string that begins with !'],
    ['a: !!binary aGk=', 1, 4, 'unknown tag; quote a string that begins with !'],
    ['a: 1\n---\nb: 2', 2, 1, 'there is a second document ("---"); keep one'],
  ])('%j', (text, line, column, message) => {
    expect(parseYaml(text).syntaxError).toEqual({ line, column, message: `not valid YAML: ${message}` });
  });
});

test.each(['[', '[\n', '- ', '? ', '{a: '])('100,000 levels of %j are refused without a crash', (level) => {
  expect(parseYaml(level.repeat(100_000)).syntaxError?.message).toBe('not valid YAML: nested more than 50 levels deep');
});

test('keys are kept as written', () => {
  const { value } = parseYaml('01: a\n0x10: b\n1e3: c\n~: d\ntrue: e\n1.50: f\n2026-01-01: g\n"q r": h');
  const keys = ['01', '0x10', '1e3', '~', 'true', '1.50', '2026-01-01', 'q r'];
  expect(new Set(Object.keys(value as object))).toEqual(new Set(keys));
});

test.each([
  ['a: 1\nb: 2\na: 3', ['a'], 'duplicate key', '3:1'],
  ['x: { a: 1, "a": 2 }', ['x', 'a'], 'duplicate key', '1:12'],
  ['__proto__: { port: 1 }', ['__proto__'], 'is a reserved name', '1:1'],
  ['a: { __proto__: 1 }', ['a', '__proto__'], 'is a reserved name', '1:6'],
  ['? [a]\n: 1', ['?'], 'a key must be a string', '1:1'],
  [': 1', [''], 'a key must be a string', '1:1'],
  ['a: *b', ['a'], 'the alias "*b" has no anchor "&b"', '1:4'],
])('%j is refused', (text, path, message, place) => {
  const yaml = parseYaml(text);
  expect(yaml.problems.map((problem) => [problem.path, problem.message])).toEqual([[path, message]]);
  const { line, column } = locateProblem(yaml, yaml.problems[0]!);
  expect(`${line}:${column}`).toBe(place);
});

test('an alias has the value of its anchor', () => {
  expect(parseYaml('a: &x { port: 22 }\nb: *x\nc: &x 1\nd: *x').value).toEqual({
    a: { port: 22 },
    b: { port: 22 },
    c: 1,
    d: 1,
  });
});

test('the expansion of nested aliases ("billion laughs") has a limit', () => {
  const { problems } = parseYaml(`a0: &a0 [x]\n${laughs(12)}`);
  expect(problems.map(({ message }) => message)).toEqual(['has too many aliases']);
});

test('the expansion of anchors that contain each other has a limit', () => {
  const { problems } = parseYaml('a: &m [1]\nb: &n [*m]\nc: &m [*n]\nd: *m');
  expect(problems.map(({ message }) => message)).toContain('has too many aliases');
});

test('the expansion of a chain of 20,000 aliases has a limit', () => {
  const chain = Array.from({ length: 20_000 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}]`);
  const { problems } = parseYaml(`a0: &a0 [x]\n${chain.join('\n')}`);
  expect(problems.map(({ message }) => message)).toEqual(['has too many aliases']);
});

test.each([
  ['an alias inside of its own anchor', 'a: &a [*a]', 'the alias "*a" is inside the anchor "&a" that it refers to'],
  ['an alias inside of its own map', 'a: &a { b: [*a] }', 'the alias "*a" is inside the anchor "&a" that it refers to'],
  ['two anchors with one name', 'a: &x 1\nb: &x 2\nc: *x', 'duplicate anchor "&x"'],
])('%s is refused', (_, text, message) => {
  expect(parseYaml(text).problems.map((problem) => problem.message)).toEqual([message]);
});

test('a text of brackets is refused at the maximum depth, and not read to its end', () => {
  expect(parseYaml('['.repeat(5_000_000)).syntaxError).toEqual({
    line: 1,
    column: 51,
    message: 'not valid YAML: nested more than 50 levels deep',
  });
});

test('reading a text stops at the maximum number of tokens', () => {
  expect(parseYaml('a:\n  - b\n  - c\n', 'core', 8).syntaxError).toEqual({
    line: 2,
    column: 5,
    message: 'not valid YAML: the file is too large: more than 8 tokens',
  });
});

function laughs(depth: number): string {
  const line = (level: number) => `a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`;
  return Array.from({ length: depth }, (_, index) => line(index + 1)).join('\n');
}

test('a problem has the position of its key, its value, or the nearest parent', () => {
  const yaml = parseYaml('a:\n  b: [1, x]\n  c:\nd: &d { e: 1 }\nf: *d\n');
  const place = (path: (string | number)[], atKey = false) => {
    const { line, column } = locateProblem(yaml, { path, message: '', atKey });
    return `${line}:${column}`;
  };
  expect(place(['a', 'b'], true)).toBe('2:3');
  expect(place(['a', 'b'])).toBe('2:6');
  expect(place(['a', 'b', 1])).toBe('2:10');
  expect(place(['a', 'c'])).toBe('3:3');
  expect(place(['a', 'missing'])).toBe('2:3');
  expect(place(['f', 'e'])).toBe('5:4');
  expect(place([])).toBe('1:1');
});

test('an empty text is null, with a valid position', () => {
  for (const text of ['', '\n\n', '# nothing', '---', '\uFEFF']) {
    const yaml = parseYaml(text);
    expect([yaml.value, yaml.syntaxError]).toEqual([null, null]);
    expect(locateProblem(yaml, { path: [], message: '' }).line).toBeGreaterThan(0);
  }
});

test('JSON has the same value as with a JSON parser', () => {
  const key = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      tie('map'),
      tie('list')
    ),
    map: fc.dictionary(key, tie('value')),
    list: fc.array(tie('value')),
  }));
  fc.assert(
    fc.property(value, (original) => {
      const yaml = parseYaml(JSON.stringify(original));
      expect(yaml.syntaxError).toBeNull();
      expect(JSON.stringify(yaml.value)).toBe(JSON.stringify(original));
    })
  );
});

test('no text makes it throw, and every position is in the text', () => {
  const piece = fc.constantFrom(
    'a',
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&x ',
    '*x',
    '!t ',
    '"',
    "'",
    '|',
    '#',
    '\t',
    '? '
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join(''))
  );
  fc.assert(
    fc.property(text, (written) => {
      const { syntaxError, problems } = parseYaml(written);
      const line = syntaxError?.line ?? 1;
      expect(line).toBeLessThanOrEqual(written.split(/\r?\n/).length);
      expect(problems.every(({ message }) => message !== '')).toBe(true);
    }),
    { numRuns: 500 }
  );
});
