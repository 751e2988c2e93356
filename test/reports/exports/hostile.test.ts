/** Whatever a server says stays text, in every format. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { htmlReport } from '../../../src/reports/html/html-report.ts';
import { reportFormats } from '../../../src/reports/exports/formats.ts';
import { junitProblems } from '../../support/xmllint.ts';
import { smallFleet } from '../example-fleets.ts';
import { hostileNames, reportSaying } from '../hostile-report.ts';

const servers = smallFleet().servers.length;

/** What another program reads in a file, for each format. */
const checks: Record<string, (file: string, report: FleetReport) => unknown> = {
  text: (file) => expect(file.split('\n').length).toBeLessThan(100),
  json: (file, report) => expect(JSON.parse(file)).toEqual(report),
  jsonl: (file) =>
    expect(
      file
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    ).toHaveLength(servers),
  csv: (file) => {
    const records: string[][] = parse(file, { record_delimiter: '\r\n' });
    expect(new Set(records.map(({ length }) => length)).size).toBe(1);
    expect(records.flat().filter((each) => /^[=+\-@\t\r]/.test(each))).toEqual([]);
    expect(new Set(records.slice(1).map(([, , server]) => server)).size).toBe(servers);
  },
  markdown: (file) => {
    expect(file.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(2 + 8 + 2 + 1); // servers, actions
    expect(file).not.toMatch(/<(?!=? )|(?<!\\)`|(?<!\\)~/);
  },
  junit: async (file) => expect(await junitProblems(file)).toEqual([]),
  annotations: (file) =>
    expect(
      file
        .trimEnd()
        .split('\n')
        .filter((line) => !/^::(error|warning) title=[^:,]*::/.test(line))
    ).toEqual([]),
  // Chromium reads it in test/end-to-end/html-report.test.ts.
  html: (file) => {
    expect(tagsOf(file)).toEqual(tagsOf(htmlReport(reportSaying('harmless'))));
    expect(file.match(/<script/g)).toHaveLength(1);
  },
};

/** All tags with the names of their attributes. */
function tagsOf(file: string): string[] {
  const body = file.replace(/<(style|script)>.*?<\/\1>/gs, '');
  return [...body.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
}

describe.each(reportFormats)('$name', ({ name, load }) => {
  test.each(Object.entries(hostileNames))('keeps %s as text', async (_, text) => {
    const report = reportSaying(text);
    const file = (await load())(report);
    expect(file).not.toMatch(/[^\P{C}\r\n]/u);
    await checks[name]!(file, report);
  });
});

test('every format is checked', () => {
  expect(Object.keys(checks)).toEqual(reportFormats.map(({ name }) => name));
});
