import { describe, expect, test } from 'vitest';
import { mergeRows } from '../../../src/domain/records/merge-rows.ts';
import { truncateRow } from '../../../src/domain/reports/truncate-row.ts';
import type { ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { sampleServer } from '../../store/sample-records.ts';

const own = { ...sampleServer('web-1').row, notes: ['x'.repeat(2_000)] };

describe('the row to keep of a server', () => {
  test('is the only one that is known', () => {
    expect([mergeRows(own, null), mergeRows(null, own), mergeRows(null, null)]).toEqual([own, own, null]);
  });

  test('is that of the run if it is complete', () => {
    const final: ServerRow = { ...own, verdict: 'busy', notes: [] };
    expect(mergeRows(own, final)).toEqual(final);
  });

  test('is that of the server if the one of the run is truncated, with the notes that the run has added', () => {
    const changed = { ...own, notes: ['has the same host key as web-2', ...own.notes] };
    const final = truncateRow(changed, 1_300);
    expect(final.notes[1]).toMatch(/…$/);
    expect(mergeRows(own, final)).toEqual(changed);
  });

  test('has the changed verdict of a truncated row, also that of its benchmarks', () => {
    const error = { type: 'Inconclusive', message: 'measured at the same time' };
    const benchmarks = own.benchmarks.map((row) => ({ ...row, verdict: 'error' as const, error, measurements: [] }));
    const truncated = { parts: ['measurements of cpu'], workflowId: 'server/web-1' };
    const merged = mergeRows(own, { ...own, verdict: 'error', error, benchmarks, machine: null, truncated });
    expect(merged).toMatchObject({ verdict: 'error', error, machine: own.machine, truncated: null });
    expect(merged!.benchmarks[0]).toMatchObject({ verdict: 'error', measurements: own.benchmarks[0]!.measurements });
  });

  test('is that of the run if both are truncated', () => {
    const small = truncateRow(own, 900);
    const smaller = truncateRow(own, 700);
    expect(mergeRows(small, smaller)).toEqual(smaller);
  });
});
