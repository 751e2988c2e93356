import { expect, test } from 'vitest';
import { unfinishedReport } from '../../src/domain/reports/unfinished-report.ts';
import { csvText } from '../../src/reports/exports/csv.ts';
import { junitXml } from '../../src/reports/exports/junit.ts';
import { htmlReport } from '../../src/reports/html/html-report.ts';
import { summaryMarkdown } from '../../src/reports/runs/markdown.ts';
import { textReport } from '../../src/reports/runs/text.ts';
import { events, judgedServer, outcome } from './example-report.ts';

const facts = { run: 'fleet-1', temporalRunId: '0', note: null, startedAt: '2026-11-24T02:00:00.000Z', seconds: 9 };
const serverIds = ['web-1', 'web-2', 'web-3', 'web-4'];

/** A run of four servers, of which these have ended. */
function reportAfter(scores: Record<string, number>) {
  const rows = Object.entries(scores).map(([id, score]) => [id, judgedServer(id, { cpu: outcome(events(score)) })]);
  return unfinishedReport(facts, serverIds, new Map(rows as [string, ReturnType<typeof judgedServer>][]));
}

test('no format shows the servers that have ended as the whole run', () => {
  const report = reportAfter({ 'web-1': 8_000, 'web-3': 8_000 });
  expect(textReport(report)).toMatch(/^4 servers in 9s: .*2 not reached\nthe run has not ended\n/);
  expect(summaryMarkdown(report)).toMatch(/^\*\*4 servers\*\* \(the run has not ended\): .*2 not reached\n/);
  expect(junitXml(report)).toMatch(/<testsuites name="fleetmark fleet-1" tests="\d+" failures="0" errors="2"/);
  expect(junitXml(report)).toContain('<error type="not_reached" message="the run has not ended">');
  expect(csvText(report)).toMatch(/web-2,.*not_reached.*the run has not ended/);
});

test('the headline of its page counts the servers that have ended, and those that fall short', () => {
  const page = htmlReport(reportAfter({ 'web-1': 8_000, 'web-3': 8_000 }));
  expect(page).toContain('<h1>2 of 4 servers ended</h1><p class="run-note">The run has not ended.</p>');
  expect(page).toContain('<title>2 of 4 servers ended');
  expect(htmlReport(reportAfter({ 'web-1': 1_000, 'web-3': 8_000 }))).toContain(
    '<h1>2 of 4 servers ended, 1 falls short</h1>'
  );
});
