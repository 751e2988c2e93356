import { expect, test } from 'vitest';
import { reportWithoutRun, RETRIED, retryInput, retryText, serversToRetry } from '../../../src/domain/records/retry.ts';
import { aggregate, type FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { unfinishedReport } from '../../../src/domain/reports/unfinished-report.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { verdicts } from '../../../src/domain/verdicts/verdict.ts';

function reportOf(about: Partial<FleetReport> = {}): FleetReport {
  const facts = {
    run: 'fleet-1',
    temporalRunId: '0',
    note: 'nightly',
    startedAt: '2026-11-24T02:00:00.000Z',
    seconds: 1,
  };
  return {
    ...aggregate(
      facts,
      verdicts.map((verdict) => unmeasuredRow(`is-${verdict}`, verdict, null))
    ),
    ...about,
  };
}

test('all servers that did not pass are tried again, or those with the named verdicts', () => {
  const chosen = ['is-fail', 'is-error', 'is-busy', 'is-cancelled', 'is-not_reached'];
  expect(serversToRetry(reportOf(), RETRIED)).toEqual(chosen);
  expect(serversToRetry(reportOf(), ['error', 'pass'])).toEqual(['is-pass', 'is-error']);
});

test('the servers of a run that lost its end were not reached', () => {
  const ended = new Map([['web-1', unmeasuredRow('web-1', 'fail', null)]]);
  const unfinished = unfinishedReport(reportOf(), ['web-1', 'web-2', 'web-3'], ended);
  expect(serversToRetry(unfinished, ['not_reached'])).toEqual(['web-2', 'web-3']);
  expect(serversToRetry(unfinished, ['fail'])).toEqual(['web-1']);
});

test('a retry measures as the earlier run did, chooses servers and no groups, and names that run', () => {
  const settings = { benchmarks: ['cpu'], maxParallel: 2, measureOnly: true, evenIfBusy: true };
  expect(retryInput(reportOf({ settings }), ['web-1'])).toEqual({
    ...{ limit: ['=web-1'], benchmarks: ['cpu'], maxParallel: 2, measureOnly: true, evenIfBusy: true },
    ...{ note: 'retry of fleet-1', retryOf: 'fleet-1' },
  });
  expect(retryInput(reportOf(), ['web-1'], 'new fans')).toEqual({
    ...{ limit: ['=web-1'], note: 'new fans', retryOf: 'fleet-1' },
  });
});

test('the note of a retry is one short line, whatever the id of the earlier run', () => {
  const { note, retryOf } = retryInput(reportOf({ run: `\n\u202e${'x'.repeat(990)}` }), []);
  expect(note!.length).toBeLessThanOrEqual(200);
  expect(note).not.toMatch(/[\n\u202e]/);
  expect(retryOf).toHaveLength(992);
});

test('a report says which run it retries, unless its note does', () => {
  expect(retryText('fleet-1', null)).toBe('retry of fleet-1');
  expect(retryText('fleet-1', 'new fans')).toBe('retry of fleet-1');
  const long = 'x'.repeat(990);
  for (const run of ['fleet-1', long]) expect(retryText(run, retryInput(reportOf({ run }), []).note!)).toBeNull();
  expect(retryText(undefined, null)).toBeNull();
});

test('the report of a retry that starts no run has servers that are gone as errors, and the settings it would have used', () => {
  const settings = { benchmarks: ['cpu'], maxParallel: 2, measureOnly: false, evenIfBusy: false };
  const about = { run: 'fleet-2', startedAt: '2026-11-25T02:00:00.000Z' };
  expect(reportWithoutRun(reportOf({ settings }), [], about)).toMatchObject({
    ...{ run: 'fleet-2', temporalRunId: '', note: 'retry of fleet-1', retryOf: 'fleet-1', settings, seconds: 0 },
    ...{ requested: 0, servers: [] },
  });
  const gone = reportWithoutRun(reportOf(), ['web-1', 'web-2'], { ...about, note: 'new fans' });
  expect(gone).toMatchObject({ note: 'new fans', requested: 2, counts: { error: 2 }, errored: ['web-1', 'web-2'] });
  expect(gone.servers[0]!.error).toEqual({ type: 'UnknownServer', message: 'it is no longer in the inventory' });
});
