import { expect, test } from 'vitest';
import { markdownFile } from '../../../src/reports/exports/markdown-file.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { smallFleet } from '../example-fleets.ts';

const report = smallFleet();

test('a summary ends with what is new since the last run, if that is known', () => {
  const before = report.servers.slice(1).map((row) => {
    return row.serverId === 'gpu-b03' ? { ...row, verdict: 'pass' as const } : row;
  });
  const previous = { ...report, run: 'fleet-before', servers: [...before, unmeasuredRow('old-1', 'skip', null)] };
  const failedRuns = new Map([['gpu-b02', 3]]);
  const [news] = markdownFile(report, { previous, failedRuns }).trimEnd().split('\n').slice(-1);
  expect(news).toBe(
    'Since fleet-before: newly failed: gpu-b03; still failing: gpu-b02 for 3 runs, gpu-b04, cpu-b05; ' +
      'new in this run: gpu-b01; not in this run: old-1'
  );
  expect(markdownFile(report)).not.toContain('Since');
});

test('a run like the last one has nothing new', () => {
  const passed = { ...report, servers: report.servers.filter(({ verdict }) => verdict === 'pass') };
  expect(markdownFile(passed, { previous: { ...passed, run: 'fleet-*before*' } })).toMatch(
    /\n\nSince fleet-\\\*before\\\*: nothing new\n$/
  );
});
