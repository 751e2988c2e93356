import type { WorkflowHandle } from '@temporalio/client';
import { expect, test } from 'vitest';
import { fetchFullReport } from '../../../src/cli/runs/end-of-run.ts';
import { emptySnapshot, followRun } from '../../../src/cli/runs/follow-run.ts';
import { aggregate, truncateReport } from '../../../src/domain/reports/fleet-report.ts';
import { unmeasuredRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';

const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
  ...unmeasuredRow(`web-${index}`, 'pass', null),
  readiness: exampleReadiness({ otherWork: 'x'.repeat(200) }),
}));
const run = { run: 'fleet-1', temporalRunId: 'x', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };
const whole = aggregate(run, rows);
const truncatedReport = truncateReport(whole);

/** A finished run that returns at most 200 rows per query; records the offset of each query. */
function ended({ hasWorker }: { hasWorker: boolean }): { handle: WorkflowHandle; asked: number[] } {
  const asked: number[] = [];
  const query = async (_name: string, after: number) => {
    asked.push(after);
    if (!hasWorker) throw new Error('no poller');
    return { requested: 2_000, running: [], ended: 2_000, rows: rows.slice(after, after + 200) };
  };
  const handle = { workflowId: 'fleet-1', result: async () => truncatedReport, query };
  return { handle: handle as unknown as WorkflowHandle, asked };
}

test('rows truncated in the result of a large run are fetched by query, page by page', async () => {
  const { handle, asked } = ended({ hasWorker: true });
  expect(await fetchFullReport(handle, truncatedReport, rows.slice(0, 1_500))).toEqual(whole);
  expect(asked).toEqual([1_500, 1_700, 1_900]);
});

test('a client that follows such a run gets the full report', async () => {
  const { handle } = ended({ hasWorker: true });
  const follower = { show: () => undefined, answered: () => undefined, lost: new Promise<string>(() => {}) };
  expect(await followRun(handle, emptySnapshot(), follower)).toEqual(whole);
});

test('without a worker, or if nothing was truncated, the report is unchanged', async () => {
  expect(await fetchFullReport(ended({ hasWorker: false }).handle, truncatedReport)).toBe(truncatedReport);
  const { handle, asked } = ended({ hasWorker: true });
  expect(await fetchFullReport(handle, whole)).toBe(whole);
  expect(asked).toEqual([]);
});
