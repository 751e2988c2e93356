import { describe, expect, test } from 'vitest';
import { changesSince, failuresInARow } from '../../../src/domain/reports/run-changes.ts';
import type { BenchmarkVerdict, Verdict } from '../../../src/domain/verdicts/verdict.ts';
import { unmeasuredRow, type BenchmarkRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';

function row(serverId: string, verdict: Verdict, benchmarks: Record<string, BenchmarkVerdict> = {}): ServerRow {
  const rows = Object.entries(benchmarks).map(([benchmark, of]): BenchmarkRow => ({
    ...{ benchmark, verdict: of, reason: null, error: null, tool: null, seconds: null },
    ...{ measurements: [], shortfalls: [], evidence: null },
  }));
  return { ...unmeasuredRow(serverId, 'skip', null, ''), verdict, benchmarks: rows };
}

const none = { newlyFailed: [], stillFailing: [], recovered: [], notJudged: [], added: [], missing: [] };

function changes(servers: ServerRow[], before: ServerRow[]) {
  return changesSince({ servers }, { servers: before });
}

describe('what is new since an earlier run', () => {
  test('are servers that fail or recovered, that could not be judged, and that are in one run only', () => {
    const before = [row('a', 'pass'), row('b', 'fail'), row('c', 'fail'), row('d', 'pass'), row('old', 'pass')];
    const now = [row('a', 'fail'), row('b', 'fail'), row('c', 'pass'), row('d', 'error'), row('new', 'fail')];
    expect(changes(now, before)).toEqual({
      ...{ newlyFailed: ['a', 'new'], stillFailing: ['b'], recovered: ['c'], notJudged: ['d'] },
      ...{ added: ['new'], missing: ['old'] },
    });
  });

  test('a server has recovered only if the benchmarks that failed pass', () => {
    const before = [row('a', 'fail', { cpu: 'pass', gpu: 'fail' })];
    expect(changes([row('a', 'pass', { cpu: 'pass' })], before)).toEqual({ ...none, notJudged: ['a'] });
    expect(changes([row('a', 'measured', { gpu: 'measured' })], before)).toEqual({ ...none, notJudged: ['a'] });
    expect(changes([row('a', 'pass', { gpu: 'pass' })], before)).toEqual({ ...none, recovered: ['a'] });
    expect(changes([row('a', 'busy')], before)).toEqual({ ...none, notJudged: ['a'] });
  });

  test('a server that was never judged is not lost', () => {
    const before = [row('a', 'error'), row('b', 'skip'), row('c', 'busy'), row('d', 'measured')];
    expect(changes([row('a', 'busy'), row('b', 'error'), row('c', 'error'), row('d', 'not_reached')], before)).toEqual(
      none
    );
  });

  test('the servers of two random samples are not compared by their presence', () => {
    const sample = (seed: number) => ({ limit: null, sample: 2, seed, of: 10 });
    const of = (seed: number, id: string) => ({ selection: sample(seed), servers: [row(id, 'pass')] });
    expect(changesSince(of(1, 'a'), of(2, 'b'))).toEqual(none);
    expect(changesSince(of(1, 'a'), of(1, 'b'))).toEqual({ ...none, added: ['a'], missing: ['b'] });
  });

  test('ids that are keys of all objects are ids', () => {
    expect(changes([row('constructor', 'fail')], [])).toMatchObject({ newlyFailed: ['constructor'] });
  });

  test.each([
    [[], 1],
    [['fail'], 2],
    [['fail', 'error', 'fail', 'pass', 'fail'], 3],
    [['busy', 'fail', 'skip', 'fail'], 3],
    [['pass', 'fail'], 1],
  ] as [Verdict[], number][])('after %j a failure is number %i in a row', (earlier, expected) => {
    expect(failuresInARow(earlier)).toBe(expected);
  });
});
