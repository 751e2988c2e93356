import { expect, test } from 'vitest';
import { unfinishedReport } from '../../../src/domain/reports/unfinished-report.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { countsText } from '../../../src/reports/counts.ts';

const facts = { run: 'fleet-1', temporalRunId: '0', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };

test('the report of a run that has not ended has a row for each requested server, in its order, and says so', () => {
  const ended = new Map(['web-3', 'web-1'].map((serverId) => [serverId, unmeasuredRow(serverId, 'pass', null)]));
  const report = unfinishedReport(facts, ['web-1', 'web-2', 'web-3'], ended);
  expect(report).toMatchObject({ unfinished: true, requested: 3, counts: { pass: 2, not_reached: 1 } });
  expect(countsText(report)).toBe('2 pass, 0 fail, 0 error, 1 not reached');
  expect(report.servers.map(({ serverId }) => serverId)).toEqual(['web-1', 'web-2', 'web-3']);
  expect(report.servers[1]).toMatchObject({ verdict: 'not_reached', reason: 'the run has not ended' });
});
