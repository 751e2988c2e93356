import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editExpectations, type WantedExpectation } from '../../../src/config/expectations/edit-expectations.ts';
import { parseYaml } from '../../../src/source/yaml/parse-yaml.ts';

const ourComment = '12 servers, 2 runs, 2026-11-24';

function want(metric: string, reference = 7980, hardwareClass = 'default'): WantedExpectation {
  return { hardwareClass, metric, value: { reference, tolerance: '10%' }, comment: ourComment };
}

function edited(text: string, ...wanted: WantedExpectation[]): string {
  return editExpectations(text, wanted.length > 0 ? wanted : [want('cpu.score')]).text;
}

const line = `cpu.score: { reference: 7980, tolerance: 10% } # ${ourComment}`;

describe('a file without expectations gets them at its end:', () => {
  test.each([
    ['', `expect:\n  default:\n    ${line}\n`],
    ['# nothing yet\n', `# nothing yet\n\nexpect:\n  default:\n    ${line}\n`],
    ['inventory: a', `inventory: a\n\nexpect:\n  default:\n    ${line}\n`],
    ['inventory: a\n\n', `inventory: a\n\nexpect:\n  default:\n    ${line}\n`],
    ['ssh:\n    user: me\n# end\n', `ssh:\n    user: me\n# end\n\nexpect:\n    default:\n        ${line}\n`],
    ['a: 1\r\n', `a: 1\r\n\r\nexpect:\r\n  default:\r\n    ${line}\r\n`],
    ['---\na: 1\n...\n', `---\na: 1\nexpect:\n  default:\n    ${line}\n...\n`],
    ['\ufeffa: 1\n', `\ufeffa: 1\n\nexpect:\n  default:\n    ${line}\n`],
    ['  a: 1\n', `  a: 1\n\n  expect:\n    default:\n      ${line}\n`],
    ['expect:\na: 1\n', `expect:\n  default:\n    ${line}\na: 1\n`],
    ['expect: # hi\n  # there\na: 1\n', `expect: # hi\n  default:\n    ${line}\n  # there\na: 1\n`],
    ['expect: {} # hi\na: 1\n', `expect: # hi\n  default:\n    ${line}\na: 1\n`],
    ['expect: { # hi\n}\n', `expect:\n  # hi\n  default:\n    ${line}\n`],
    ['expect: ~\n', `expect:\n  default:\n    ${line}\n`],
    ['expect:\n  default: null\n', `expect:\n  default:\n    ${line}\n`],
    ['{ "a": 1 }', '{ "a": 1, "expect": { "default": { "cpu.score": { "reference": 7980, "tolerance": "10%" } } } }'],
  ])('%j', (before, after) => {
    expect(edited(before)).toBe(after);
  });
});

test('expectations in an empty file are reported as changed', () => {
  const { changed } = editExpectations('', [want('cpu.score'), want('io.score', 3, 'web')]);
  expect(changed).toEqual([
    { hardwareClass: 'default', metric: 'cpu.score' },
    { hardwareClass: 'web', metric: 'io.score' },
  ]);
});

test('comments, order, quotes and blank lines stay; new entries follow existing ones', () => {
  const before = `# my fleet
servers: {web-1: {host:   "10.0.0.1"}}   # one

expect:   # by class
    'web':    # the small ones

        # agreed with the vendor
        "cpu.score":   {tolerance: 5%, reference: 8000}    # since May
        burn.score: { min: 50 }   # by hand
        # the last word

    h100x8: {gpu.fp32_gflops: {reference: 1}}

ssh: {}   # the end`;
  const after = editExpectations(before, [
    want('cpu.score', 7980, 'web'),
    want('burn.score', 60, 'web'),
    want('io.score', 3, 'web'),
    want('gpu.fp32_gflops', 45_000, 'h100x8'),
    want('cpu.score', 5, 'new: one'),
  ]);
  expect(after.text).toBe(`# my fleet
servers: {web-1: {host:   "10.0.0.1"}}   # one

expect:   # by class
    'web':    # the small ones

        # agreed with the vendor
        "cpu.score": { reference: 7980, tolerance: 10% } # ${ourComment} # since May
        burn.score: { min: 50 }   # by hand
        io.score: { reference: 3, tolerance: 10% } # ${ourComment}
        # the last word

    h100x8: {gpu.fp32_gflops: { reference: 45000, tolerance: 10% }}
    "new: one":
        cpu.score: { reference: 5, tolerance: 10% } # ${ourComment}

ssh: {}   # the end`);
  expect(after.changed.map(({ metric }) => metric)).toEqual([
    ...['cpu.score', 'io.score', 'gpu.fp32_gflops', 'cpu.score'],
  ]);
  expect(after.kept).toEqual([{ hardwareClass: 'web', metric: 'burn.score' }]);
});

test('a second edit replaces our own comment, and keeps other comments', () => {
  const first = edited(`expect:\n  default:\n    cpu.score: { reference: 1 } # mine, not yours\n`);
  expect(first).toContain(`# ${ourComment} # mine, not yours\n`);
  expect(edited(first)).toBe(first);
  expect(editExpectations(first, [want('cpu.score')]).changed).toEqual([]);
  const later = editExpectations(first, [{ ...want('cpu.score'), comment: '9 servers, 1 run, 2026-12-01' }]);
  expect(later.text).toBe(first.replace(ourComment, '9 servers, 1 run, 2026-12-01'));
  expect(later.changed).toHaveLength(1);
});

test('an expectation on several lines becomes one line, and its inner comments move above it', () => {
  const before = `expect:
  default:
    cpu.score:
      # of the vendor
      reference: 8000 # in May
      tolerance: "10% # not a comment"
    burn.score: { min: 1 }
`;
  expect(edited(before)).toBe(`expect:
  default:
    # of the vendor
    # in May
    ${line}
    burn.score: { min: 1 }
`);
});

describe('bounds', () => {
  const before = 'expect:\n  default:\n    cpu.score: { min: 50, max: 70 } # by hand\n';

  test('that were written by hand are kept, unless replace is set', () => {
    expect(editExpectations(before, [want('cpu.score')])).toMatchObject({ text: before, changed: [] });
    const replaced = editExpectations(before, [want('cpu.score')], { replace: true });
    expect(replaced.text).toBe(`expect:\n  default:\n    ${line} # by hand\n`);
    expect(replaced.kept).toEqual([]);
  });

  test('that we wrote ourselves are overwritten', () => {
    const devices = (min: number) => ({ ...want('gpu.devices'), value: { min } });
    const first = edited('a: 1\n', devices(8));
    expect(edited(first, devices(7))).toBe(first.replace('min: 8', 'min: 7'));
  });
});

test.each([
  ['expect: &a\n  default: { cpu.score: { reference: 1 } }\n', 'expect has an anchor or is an alias'],
  ['x: &x { cpu.score: { reference: 1 } }\nexpect:\n  default: *x\n', 'expect.default has an anchor'],
  ['expect:\n  default: !mine {}\n', 'cannot be edited'],
  ['expect: [1]\n', 'expect is not a map'],
  ['- 1\n', 'the file is not a map'],
  ['? expect\n: default:\n    cpu.score: { reference: 1 }\n  web: {}\nx: |+\n  text\n\n', null],
  ['x: |+\n  text\n\n\n', null],
  ['{ a }', null],
  ['{}', 'the file is an empty map in braces'],
])('a text that cannot be edited safely is refused: %j', (before, why) => {
  let after: string;
  try {
    after = edited(before);
  } catch (error) {
    expect((error as Error).message).toContain(why ?? 'cannot be edited');
    return;
  }
  expect(why).toBeNull();
  const { expect: _, ...others } = parseYaml(after).value as Record<string, unknown>;
  const { expect: __, ...before_ } = parseYaml(before).value as Record<string, unknown>;
  expect(others).toEqual(before_);
});

test.each([
  '__proto__',
  'a: b',
  '# x',
  '"',
  "'",
  '\n',
  '*a',
  '&a',
  '!t',
  '- a',
  '{',
  'null',
  '1.5',
  '\u2028',
  '\u0000',
])('the class or metric name %j is written as a string, or refused', (name) => {
  for (const wanted of [want('cpu.score', 1, name), want(name)]) {
    try {
      const text = edited('a: 1\n', wanted);
      const { hardwareClass, metric, value } = wanted;
      expect(parseYaml(text).value).toEqual({ a: 1, expect: { [hardwareClass]: { [metric]: value } } });
    } catch (error) {
      expect((error as Error).name).toBe('Failure');
    }
    expect(({} as Record<string, unknown>)['cpu.score']).toBeUndefined();
  }
});

/** A file in any style: comments, blank lines, quotes, braces, in any order and indentation. */
const noise = fc.constantFrom(
  '',
  '# a comment',
  '   # indented',
  '#no: {blank',
  '\t',
  '# 3 servers, 1 run, 2026-01-01'
);
const name = fc.constantFrom('default', 'web', 'h100x8', 'c5.large', 'db_1');
const metric = fc.constantFrom('cpu.score', 'gpu.fp32_gflops', 'gpu.devices', 'burn.score', 'io.a_b');
const quote = fc.constantFrom('', '"', "'");
const value = fc.constantFrom(
  ...[
    '{ reference: 8000 }',
    '{reference: 1.50,   tolerance: "5%"}',
    '{ "min": 5 }',
    '{max: 1e3, }',
    '{ min: 1, max: 2 }',
  ]
);
const trailing = fc.constantFrom('', ' # hi', '   # 3 servers, 1 run, 2026-01-01; left out: a 5', '  #tight # twice');
const before = fc.constantFrom(
  'servers: {a: {host: b}}',
  'inventory: "x" # y',
  'ssh:\n     user: me',
  'maxParallel: 0x5'
);

const file = fc.record({
  sections: fc.array(fc.oneof(before, noise), { maxLength: 5 }),
  newline: fc.constantFrom('\n', '\r\n'),
  classes: fc.uniqueArray(
    fc.record({
      ...{ name, quote, behind: trailing, noise },
      metrics: fc.uniqueArray(fc.record({ metric, quote, value, behind: trailing, noise }), {
        ...{ maxLength: 4, selector: (each) => each.metric },
      }),
    }),
    { maxLength: 3, selector: (each) => each.name }
  ),
  indent: fc.constantFrom(' ', '  ', '    '),
  end: fc.constantFrom('', '\n', '\n\n', '\n# end', '\nquiet: {}\n', '\n...\n'),
});

type File = typeof file extends fc.Arbitrary<infer Value> ? Value : never;

/** The lines of a file, with the class and metric of each. */
function linesOf({ sections, classes, indent }: File): { line: string; of?: string }[] {
  const lines: { line: string; of?: string }[] = [...new Set(sections)].flatMap((section) =>
    section.split('\n').map((line) => ({ line }))
  );
  if (classes.length > 0) lines.push({ line: 'expect:  # all of it' });
  for (const each of classes) {
    lines.push({ line: each.noise }, { line: `${indent}${each.quote}${each.name}${each.quote}:${each.behind}` });
    for (const of of each.metrics) {
      const line = `${indent}${indent}${of.quote}${of.metric}${of.quote}:  ${of.value}${of.behind}`;
      lines.push({ line: of.noise }, { line, of: `${each.name} ${of.metric}` });
    }
  }
  return lines;
}

test('all lines except those of changed metrics stay the same, byte for byte', () => {
  const wanted = fc.uniqueArray(
    fc.record({ hardwareClass: name, metric, reference: fc.integer({ min: 1, max: 9999 }) }),
    { minLength: 1, maxLength: 6, selector: (each) => `${each.hardwareClass} ${each.metric}` }
  );
  let accepted = 0;
  fc.assert(
    fc.property(file, wanted, fc.boolean(), (of, all, replace) => {
      const lines = linesOf(of);
      const text = (lines.map(({ line }) => line).join('\n') + of.end).replaceAll('\n', of.newline);
      const parsed = parseYaml(text);
      fc.pre(parsed.syntaxError === null && parsed.problems.length === 0 && parsed.value !== null);
      const result = editExpectations(
        text,
        all.map((each) => want(each.metric, each.reference, each.hardwareClass)),
        { replace }
      );
      accepted += 1;
      const changed = result.changed.map(({ hardwareClass, metric: name }) => `${hardwareClass} ${name}`);
      const newline = text.includes('\r\n') ? '\r\n' : '\n';
      const after = result.text.split(newline);
      let next = 0;
      for (const each of lines) {
        if (each.of !== undefined && changed.includes(each.of)) continue;
        const found = after.indexOf(each.line, next);
        expect(found, each.line).toBeGreaterThanOrEqual(next);
        next = found + 1;
      }
      expect(result.text.replaceAll(newline, '')).not.toMatch(/[\r\n]/);
      const bounded = lines.filter((each) => / \{ "?min|\{max/.test(each.line)).map((each) => each.of);
      for (const each of result.kept) expect(bounded).toContain(`${each.hardwareClass} ${each.metric}`);
      expect(replace ? result.kept : []).toEqual([]);
    }),
    { numRuns: 200 }
  );
  expect(accepted).toBeGreaterThan(50);
});
