/** Whatever a server says stays text, in every format. */
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { FleetReport } from '../../../src/domain/reports/fleet-report.ts';
import { reportFormats } from '../../../src/reports/exports/formats.ts';
import { junitProblems } from '../../support/xmllint.ts';
import { smallFleet } from '../example-fleets.ts';

const hostileNames = {
  'the end of a script': '</script><script>alert(1)</script>',
  'an attribute': `"><img src=x onerror="alert(1)">' onmouseover='alert(1)`,
  'a formula': '=cmd|"/C calc"!A0',
  'other formulas': '@SUM(1+1)*cmd|x',
  colours: '\u001b[31;1mred\u001b[0m\u009b2J',
  'a title of a terminal': '\u001b]0;title\u0007',
  'another text direction': 'web\u202e1-bew\u2066',
  'a NUL': 'a\u0000b',
  'lone surrogates': 'a\ud800b\udc00c',
  'the end of CDATA': ']]>',
  'a row of a table': 'a | b | c |',
  'code marks': '```` ``` `x` ~~~',
  'line breaks': 'a\nb\r\nc\u2028d\u2029e\u0085f',
  'an entity': '&lt;script&gt; &#60; &amp;',
  'a template': '{{ x }} ${x} <%= x %> <!--',
  'invisible letters': 'a\u200b\u200d\ufeffb',
  'two of a kind': '__proto__',
};

/** A report in which a server chose every text that is not of a fixed set. */
function reportSaying(text: string): FleetReport {
  const fixed = ['verdict', 'comparison', 'startedAt', 'better', 'trusted', 'failed', 'errored'];
  const replaced: unknown = JSON.parse(
    JSON.stringify(smallFleet(), (key, value: unknown) => {
      if (typeof value !== 'string' || fixed.includes(key) || key === 'run') return value;
      return key === 'serverId' ? `${text}${value}` : text;
    })
  );
  return { ...(replaced as FleetReport), run: text };
}

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
    expect(file.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(2 + 7);
    expect(file).not.toMatch(/<(?!=? )|(?<!\\)`|(?<!\\)~/);
  },
  junit: async (file) => expect(await junitProblems(file)).toEqual([]),
};

describe.each(reportFormats)('$name', ({ name, textOf }) => {
  test.each(Object.entries(hostileNames))('keeps %s as text', async (_, text) => {
    const report = reportSaying(text);
    const file = textOf(report);
    expect(file).not.toMatch(/[^\P{C}\r\n]/u);
    await checks[name]!(file, report);
  });
});

test('every format is checked', () => {
  expect(Object.keys(checks)).toEqual(reportFormats.map(({ name }) => name));
});
