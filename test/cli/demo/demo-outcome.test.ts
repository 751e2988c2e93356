import { expect, test } from 'vitest';
import { demoOutcome } from '../../../src/cli/demo/demo-outcome.ts';
import type { RowEvidence } from '../../../src/domain/measurements/evidence.ts';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { events, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';

const expectations = { 'cpu.events_per_second': { reference: 1000, tolerance: 0.25 } };

function demoOf(healthy: number[], slow: number, otherLoad = 0.1): FleetReport {
  const measured = (serverId: string, value: number) => {
    const row = judgedServer(serverId, { cpu: outcome(events(value)) }, expectations);
    const evidence = { otherLoad, steal: 0 } as RowEvidence;
    return { ...row, benchmarks: row.benchmarks.map((each) => ({ ...each, evidence })) };
  };
  return reportOf([
    ...healthy.map((value, index) => measured(`demo-${index + 1}`, value)),
    measured('demo-slow', slow),
    unmeasuredRow('demo-unreachable', 'error', { type: 'ServerUnreachable', message: 'refused' }),
  ]);
}

test('a demo that finds the slow and the unreachable server exits with 0, even on a busy machine', () => {
  const { text, exitCode } = demoOutcome(demoOf([1000, 990], 600, 0.6));
  expect(text).toBe('As expected: demo-slow is slow, demo-unreachable cannot be reached.');
  expect(exitCode).toBe(0);
});

test('a demo that finds something else on a quiet machine exits with 1', () => {
  const { text, exitCode } = demoOutcome(demoOf([1000, 990], 900));
  expect(text).toBe('Not as expected: only demo-slow should be slow, only demo-unreachable unreachable.');
  expect(exitCode).toBe(1);
});

test.each<[string, FleetReport, string]>([
  ['others use its CPUs', demoOf([1000, 990], 900, 0.5), 'other programs used 50 % of all CPU time (limit 33.3 %)'],
  [
    'healthy servers differ',
    demoOf([1000, 700], 600),
    'the results of demo-2 and demo-1 differ by 30 %, although both are this machine',
  ],
])('a demo that finds something else where %s exits with 3, and says why', (_, report, why) => {
  const { text, exitCode } = demoOutcome(report);
  expect(text).toBe(
    `This machine is doing other work: ${why}.\n` +
      'The demo cannot tell slow from busy here; run it again when the machine is quiet.'
  );
  expect(exitCode).toBe(3);
});
