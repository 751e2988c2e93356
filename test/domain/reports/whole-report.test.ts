import { expect, test } from 'vitest';
import { aggregate, truncateReport, isTruncated } from '../../../src/domain/reports/fleet-report.ts';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { withSameMachines } from '../../../src/domain/reports/same-machine.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import type { ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { withWholeRows } from '../../../src/domain/reports/whole-report.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';

const run = { run: 'fleet-1', temporalRunId: 'x', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };

/** As many as a run can have, two ids of one machine among them. */
const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
  ...unmeasuredRow(`web-${index}`, 'pass', null),
  identity: (index === 1 ? 0 : index).toString(16).padStart(8, '0').repeat(2),
  readiness: exampleReadiness({ otherWork: 'x'.repeat(200) }),
}));
const whole: FleetReport = aggregate({ ...run, checkOnly: true }, withSameMachines(rows));
const asItEnded = truncateReport(whole);

test('what a check of 2,000 servers found does not fit into its result, and comes back from what the run knows', () => {
  expect(isTruncated(asItEnded)).toBe(true);
  expect(asItEnded.servers[7]!.readiness).toBeNull();
  expect(withWholeRows(asItEnded, rows.toReversed())).toEqual(whole);
  expect(whole.servers[1]!.notes[0]).toContain('the same machine as web-0');
});

test('a report stays as it is where it is whole, or where the run no longer knows all of it', () => {
  expect(withWholeRows(whole, [])).toBe(whole);
  expect(withWholeRows(asItEnded, rows.slice(1))).toBe(asItEnded);
});
