import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeFor } from '../../../src/cli/terminal/exit-code.ts';
import { aggregate } from '../../../src/domain/reports/fleet-report.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { verdicts, type Verdict } from '../../../src/domain/verdicts/verdict.ts';

function codeOf(of: readonly Verdict[], measureOnly = false): number {
  const run = { run: 'fleet-1', temporalRunId: '0', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };
  const rows = of.map((verdict, index) => unmeasuredRow(`web-${index}`, verdict, null));
  return exitCodeFor(aggregate(run, rows), { measureOnly });
}

test.each<[Verdict[], number]>([
  [['pass'], 0],
  [['pass', 'skip'], 0],
  [['pass', 'measured'], 0],
  [['pass', 'fail'], 1],
  [['fail', 'error'], 1],
  [['pass', 'error'], 3],
  [['pass', 'busy'], 3],
  [['pass', 'cancelled'], 3],
  [['pass', 'not_reached'], 3],
  [['measured'], 3],
  [['skip'], 3],
  [[], 3],
])('%j is %i', (of, code) => {
  expect(codeOf(of)).toBe(code);
});

test.each<[Verdict[], number]>([
  [['measured', 'skip'], 0],
  [['skip'], 3],
  [['measured', 'error'], 3],
  [['measured', 'busy'], 3],
])('with --measure-only %j is %i', (of, code) => {
  expect(codeOf(of, true)).toBe(code);
});

describe('for any verdicts', () => {
  const runs = fc.tuple(fc.array(fc.constantFrom(...verdicts), { maxLength: 30 }), fc.boolean());
  const unjudged: readonly Verdict[] = ['error', 'busy', 'cancelled', 'not_reached'];

  test('a fail gives 1, otherwise an unjudged server gives 3, and 0 means that all passed', () => {
    fc.assert(
      fc.property(runs, ([of, measureOnly]) => {
        const code = codeOf(of, measureOnly);
        if (of.includes('fail')) expect(code).toBe(1);
        else if (of.some((verdict) => unjudged.includes(verdict))) expect(code).toBe(3);
        else expect(code).toBe(of.includes('pass') || (measureOnly && of.includes('measured')) ? 0 : 3);
      })
    );
  });

  test('the order of the servers does not matter', () => {
    fc.assert(
      fc.property(runs, ([of, measureOnly]) => {
        expect(codeOf([...of].reverse(), measureOnly)).toBe(codeOf(of, measureOnly));
      })
    );
  });
});

test('a report with inconsistent counts does not give 0', () => {
  const counts = { pass: 9, fail: 0, error: 0, measured: 0, skip: 0, busy: 0, cancelled: 0, not_reached: 0 };
  const report = aggregate({ run: 'r', temporalRunId: '0', note: null, startedAt: '', seconds: 1 }, []);
  expect(exitCodeFor({ ...report, counts, requested: 10 }, { measureOnly: false })).toBe(3);
});

test('the report says whether nothing was to be judged, whatever the command line says', () => {
  const rows = [unmeasuredRow('web-1', 'measured', null)];
  const facts = { run: 'fleet-1', temporalRunId: '0', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };
  const reportOf = (measureOnly: boolean) => {
    return aggregate(
      { ...facts, settings: { benchmarks: ['cpu'], maxParallel: 1, measureOnly, evenIfBusy: false } },
      rows
    );
  };
  expect(exitCodeFor(reportOf(true))).toBe(0);
  expect(exitCodeFor(reportOf(false), { measureOnly: true })).toBe(3);
});
