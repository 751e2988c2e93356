import { expect, test } from 'vitest';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import type { BenchmarkRow } from '../../../src/domain/verdicts/server-row.ts';

const facts = { serverId: 'web-1', hardwareClass: 'default', startedAt: '2026-11-24T02:00:00.000Z', seconds: 64 };

function benchmark(name: string, verdict: BenchmarkRow['verdict'], type?: string): BenchmarkRow {
  const reason = verdict === 'pass' ? null : `${name} ${verdict}`;
  const error = type === undefined ? null : { type, message: reason ?? '' };
  const nothing = { tool: null, seconds: null, measurements: [], shortfalls: [], evidence: null };
  return { benchmark: name, verdict, reason, error, ...nothing };
}

test('a server has the reasons of its worst benchmarks, and the error of the first of them', () => {
  const rows = [
    benchmark('cpu', 'error', 'ToolMissing'),
    benchmark('gpu', 'pass'),
    benchmark('disk', 'error', 'JobLost'),
  ];
  expect(judgedRow(facts, rows)).toMatchObject({
    ...{ verdict: 'error', reason: 'cpu error; disk error', error: { type: 'ToolMissing' } },
  });
});

test('a failed server has no error of its own: it was judged', () => {
  const rows = [benchmark('cpu', 'fail'), benchmark('gpu', 'error', 'ToolMissing')];
  expect(judgedRow(facts, rows)).toMatchObject({ verdict: 'fail', reason: 'cpu fail', error: null });
});

test('a server that passed gives no reason, even if a benchmark did not apply', () => {
  expect(judgedRow(facts, [benchmark('cpu', 'pass'), benchmark('gpu', 'skip', 'DeviceMissing')])).toMatchObject({
    ...{ verdict: 'pass', reason: null, error: null },
  });
});

test('a server that was judged has no error, even if its worst benchmark was measured only in part', () => {
  expect(judgedRow(facts, [benchmark('gpu', 'fail', 'DeviceMissing')])).toMatchObject({ verdict: 'fail', error: null });
});
