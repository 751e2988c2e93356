import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../../src/reports/listings/unified-diff.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const numbers = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);

test('shows the changes with three lines of context', () => {
  const after = numbers.with(1, 'two\n').toSpliced(17, 1);
  expect(unifiedDiff('f.yaml', numbers.join(''), after.join(''))).toBe(`--- f.yaml
+++ f.yaml
@@ -1,5 +1,5 @@
 line 1
-line 2
+two
 line 3
 line 4
 line 5
@@ -15,6 +15,5 @@
 line 15
 line 16
 line 17
-line 18
 line 19
 line 20
`);
});

test('is empty without changes, and shows a new file', () => {
  expect(unifiedDiff('f.yaml', 'a\n', 'a\n')).toBe('');
  expect(unifiedDiff('f.yaml', null, 'a\n')).toBe('--- /dev/null\n+++ f.yaml\n@@ -0,0 +1,1 @@\n+a\n');
});

describe.skipIf(spawnSync('patch', ['--version']).error !== undefined)('patch', () => {
  let folder: string;
  beforeAll(() => (folder = temporaryFolder('diff')));

  test('applies the diff to get the new text', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', '-d\n', '+e\n', '@@\n'), { maxLength: 25 });
    const end = fc.constantFrom('', 'end', 'e\\');
    const file = join(folder, 'f');
    fc.assert(
      fc.property(lines, end, lines, end, fc.nat(25), (first, firstEnd, second, secondEnd, kept) => {
        const before = first.join('') + firstEnd;
        const after = [...first.slice(0, kept), ...second].join('') + secondEnd;
        fc.pre(before !== after && before !== '' && after !== '');
        writeFileSync(file, before);
        const input = unifiedDiff('f', before, after);
        execFileSync('patch', ['--binary', '-s', '-p0', '--fuzz=0', file], { input, cwd: folder });
        expect(readFileSync(file, 'utf8')).toBe(after);
      }),
      { numRuns: 30 }
    );
  });
});
