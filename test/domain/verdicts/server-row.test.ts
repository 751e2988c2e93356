import { expect, test } from 'vitest';
import { judgedRow, unmeasuredRow, withError, type BenchmarkRow } from '../../../src/domain/verdicts/server-row.ts';

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

test('a server without required expectations does not pass, and keeps its measurements', () => {
  const error = { type: 'ExpectationMissing', message: 'nothing is expected' };
  for (const verdict of ['measured', 'skip'] as const) {
    const row = judgedRow(facts, [benchmark('cpu', verdict)]);
    expect(withError(row, error)).toEqual({ ...row, verdict: 'error', reason: 'nothing is expected', error });
  }
  const crashed = judgedRow(facts, [benchmark('cpu', 'error', 'BenchmarkCrashed')]);
  expect(withError(crashed, error)).toBe(crashed);
});

test('a server that was judged has no error, even if its worst benchmark was measured only in part', () => {
  expect(judgedRow(facts, [benchmark('gpu', 'fail', 'DeviceMissing')])).toMatchObject({ verdict: 'fail', error: null });
});

test('a server without measurements has its own reason, else that of its error', () => {
  const error = { type: 'ServerUnreachable', message: 'no answer' };
  expect(unmeasuredRow('web-1', 'error', error).reason).toBe('no answer');
  expect(unmeasuredRow('web-1', 'error', error, 'switched off').reason).toBe('switched off');
  expect(unmeasuredRow('web-1', 'busy', null).reason).toBeNull();
});
