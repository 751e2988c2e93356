import { expect, test } from 'vitest';
import { partialReport } from '../../../src/domain/reports/fleet-progress.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';

const run = { run: 'fleet-1', temporalRunId: 'x', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 1 };
const web2 = unmeasuredRow('web-2', 'pass', null);

test('a partial report has a row for every server: ended, not known to have stopped, not reached', () => {
  const report = partialReport(run, { serverIds: ['web-1', 'web-2', 'web-3'], running: ['web-3'], rows: [web2] });
  expect(report?.servers.map(({ serverId, verdict }) => [serverId, verdict])).toEqual([
    ['web-1', 'not_reached'],
    ['web-2', 'pass'],
    ['web-3', 'cancelled'],
  ]);
  expect(report?.requested).toBe(3);
  expect(report?.counts).toMatchObject({ pass: 1, cancelled: 1, not_reached: 1 });
});

test('if the servers of the run are unknown, the report has those that were seen', () => {
  const report = partialReport(run, { serverIds: null, running: ['web-2', 'web-3'], rows: [web2] });
  expect(report?.servers.map(({ verdict }) => verdict)).toEqual(['pass', 'cancelled']);
  expect(report?.requested).toBe(2);
});

test('if no server is known, there is no report', () => {
  expect(partialReport(run, { serverIds: null, running: [], rows: [] })).toBeNull();
});

test('rows that are not final are marked as provisional, final ones are not', () => {
  const [web1, web3] = ['web-1', 'web-3'].map((id) => unmeasuredRow(id, 'fail', null, 'cpu.score 12 of >= 50 points'));
  const known = { serverIds: ['web-1', 'web-2', 'web-3'], running: [], provisional: [web1!, web3!] };
  const report = partialReport(run, { ...known, rows: [web2, web3!] });
  expect(report?.servers.map(({ verdict }) => verdict)).toEqual(['fail', 'pass', 'fail']);
  expect(report?.servers[0]?.notes[0]).toMatch(/^provisional: /);
  expect(report?.servers[2]?.notes).toEqual([]);
});
