import { expect, test } from 'vitest';
import { progressLine } from '../../../src/reports/runs/progress.ts';
import { summaryMarkdown } from '../../../src/reports/runs/markdown.ts';
import { serverLines } from '../../../src/reports/runs/server-lines.ts';
import { textReport } from '../../../src/reports/runs/text.ts';
import { reportOf } from '../example-report.ts';
import { mixedFailures, mixedServer } from '../mixed-server.ts';

const [wrong, ...slow] = mixedFailures;

test('a failed server shows wrong results first, then what is slow, then errors', () => {
  const lines = serverLines(mixedServer());
  expect(lines).toHaveLength(22);
  expect(lines.slice(0, 4).map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([
    ...mixedFailures.map((text) => `fail ${text}`),
    'error tool1: UnreadableOutput: no number',
  ]);
});

test('the reason of a failed server says wrong results first, and its benchmarks keep their order', () => {
  const { reason, benchmarks } = mixedServer();
  expect(reason).toBe([wrong, ...slow].join('; '));
  expect(benchmarks.map(({ benchmark }) => benchmark).slice(-3)).toEqual(['cpu', 'disk', 'ram']);
});

test('progress, text and Markdown show the failures of a server before its errors', () => {
  const report = reportOf([mixedServer()]);
  expect(progressLine(mixedServer())).toBe(`web-1 fail ${wrong}; and 21 more`);
  expect(textReport(report)).toContain(
    `${mixedFailures.map((text) => `web-1 fail ${text}\n`).join('')}web-1 error tool1`
  );
  const cells = summaryMarkdown(report).split('\n').slice(4, 8);
  expect(cells.map((line) => line.split(' | ')[1])).toEqual(['fail', 'fail', 'fail', 'error']);
});

test('the last line of a failed server in a shortened table has its verdict, not that of an error', () => {
  expect(summaryMarkdown(reportOf([mixedServer()]))).toMatch(/\| web-1 \| fail \| and 2 more \|$/);
});
