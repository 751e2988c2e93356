import { expect, test } from 'vitest';
import { printableIds } from '../../../src/cli/runs/unfinished-runs.ts';

test('run ids are shown without control characters', () => {
  expect(printableIds('fleet-1', 'evil\u001b]0;title\u0007\nid', 'x'.repeat(1000))).toBe(
    `fleet-1, evil ]0;title id, ${'x'.repeat(119)}…`
  );
});
