import { expect, test } from 'vitest';
import { nothingJudgedText } from '../../../src/cli/runs/nothing-judged.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { events, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';

const measured = judgedServer('web-1', { cpu: outcome(events(8000)) }, {});
const passed = judgedServer('web-2', { cpu: outcome(events(8000)) });
const settings = { benchmarks: ['cpu'], maxParallel: 5, measureOnly: false, evenIfBusy: false };

test('a run without expectations says why its exit code is 3, and what makes it 0', () => {
  const report = { ...reportOf([measured, unmeasuredRow('web-3', 'skip', null, 'not Linux')]), settings };
  expect(nothingJudgedText(report)).toBe(
    'Nothing was judged, because nothing is expected of what was measured: the exit code is 3 ' +
      '(fleetmark run --measure-only exits with 0).'
  );
});

test.each([
  ['that only measures', { ...reportOf([measured]), settings: { ...settings, measureOnly: true } }],
  ['in which a server passed', reportOf([measured, passed])],
  ['in which a server could not be judged', reportOf([measured, unmeasuredRow('web-3', 'error', null, 'away')])],
  ['in which nothing was measured', reportOf([unmeasuredRow('web-3', 'skip', null, 'not Linux')])],
  ['that is a check', { ...reportOf([measured]), checkOnly: true as const }],
])('a run %s does not say that nothing was judged', (_, report) => {
  expect(nothingJudgedText(report)).toBeNull();
});

test('a report of an earlier version does not say that it only measures: the option does', () => {
  expect(nothingJudgedText(reportOf([measured]), { measureOnly: true })).toBeNull();
});
