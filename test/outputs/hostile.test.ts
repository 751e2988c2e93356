import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCommand } from '../../src/outputs/read-command.ts';
import { outputOf, realReader } from './command-of.ts';

const MEBIBYTE = 1024 * 1024;

const RUNS = Number(process.env['FLEETMARK_RUNS'] ?? 60);
/** Each may take a second, and more on a busy machine. */
const TIMEOUT_MS = RUNS * 2_000;

/** Expressions that take long on some texts, and texts on which they do. */
const patterns = [
  '(a+)+$',
  '(a|aa)+$',
  '^(.*a){12}$',
  '(\\w+\\s?)+;',
  '(?<value>.*?,){20}x',
  '((a*)*)*b',
  '(.+)+=',
  '[^]*?(?=x)[^]*y',
];
const paths = [
  '$..*..*..*',
  '$..[?@..*]',
  '$..[?search(@, "(a+)+$")]',
  '$[?length(@.*) > 1]..*',
  '$..[0,0,0,0]..[*]',
  '$..*[?@.a == 1]..*',
];
const pieces = ['a', 'aa ', 'x,', '{"a":[', ']}', '[', '{}', '1,', '\n', '\u0000', 'é', '"', ': ', '- ', '&a *a'];

const metric = fc.oneof(
  fc.constantFrom(...patterns).map((pattern) => ({ pattern, take: 'count' })),
  fc.constantFrom(...paths).map((json) => ({ json, take: 'count' })),
  fc.constantFrom(...paths).map((yaml) => ({ yaml, take: 'count' })),
  // A title has no named groups.
  fc.constantFrom(...patterns).map((title) => ({ table: { title: title.replace('?<value>', '') }, take: 'count' }))
);
const output = fc.oneof(
  fc.constantFrom(...pieces).map((piece) => piece.repeat(MEBIBYTE / piece.length)),
  fc.array(fc.constantFrom(...pieces), { minLength: 20, maxLength: 60 }).map((some) => some.join('').repeat(5_000)),
  fc.integer({ min: 1, max: 4 }).map((depth) => JSON.stringify(nested(depth)))
);

/** A document in which everything is below everything: 10 values at each level. */
function nested(depth: number): unknown {
  return depth === 0 ? 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!' : Array.from({ length: 10 }, () => nested(depth - 1));
}

test(
  'every pair of an expression and an output is answered: read, or refused after a time limit',
  () => {
    fc.assert(
      fc.property(metric, output, (source, text) => {
        const command = outputOf(JSON.stringify({ metrics: { score: { ...source, unit: 'n' } } }));
        const { readings, error } = readCommand(command, { stdout: text, stderr: '' }, realReader());
        expect(error === null ? readings.length : readings).toEqual(error === null ? 1 : []);
      }),
      { numRuns: RUNS }
    );
  },
  TIMEOUT_MS
);
