import { textWidth } from '../../../src/reports/text-width.ts';
import { describe, expect, test } from 'vitest';
import type { NewsOfRun } from '../../../src/domain/records/earlier-runs.ts';
import { newsText } from '../../../src/reports/listings/news-text.ts';
import { exampleReport } from '../example-report.ts';
import { hostileNames, reportSaying } from '../hostile-report.ts';

const previous = { run: 'fleet-20261123-020000', temporalRunId: '0189', startedAt: '2026-11-23T02:00:00.000Z' };
const nothing: NewsOfRun = {
  ...{ schemaVersion: 1, run: 'fleet-20261124-020000', temporalRunId: '0190', previous },
  ...{ newlyFailed: [], stillFailing: [], recovered: [], notJudged: [], added: [], missing: [] },
};

describe('what is new in a run, as text', () => {
  test('begins with the newly failed and why, then the others, each with its number', () => {
    const stillFailing = [
      { serverId: 'gpu-2', runs: 4 },
      { serverId: 'db-1', runs: 101 },
    ];
    const lists = { newlyFailed: ['web-7'], stillFailing, recovered: ['web-1'], missing: ['old-1', 'old-2'] };
    expect(newsText({ ...nothing, ...lists }, exampleReport, { timeZone: 'UTC' })).toBe(`\
since fleet-20261123-020000 (2026-11-23 02:00):
newly failed (1):
  web-7 cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)
recovered (1): web-1
still failing (2): gpu-2 for 4 runs, db-1 for more than 100 runs
not in this run (2): old-1, old-2
`);
  });

  test('says so if there is nothing new, and if there is no earlier run', () => {
    const text = newsText(nothing, exampleReport, { timeZone: 'UTC' });
    expect(text).toBe('nothing new since fleet-20261123-020000 (2026-11-23 02:00)\n');
    const first = newsText({ ...nothing, previous: null }, exampleReport);
    expect(first).toBe('There is no earlier run of the same selection.\n');
  });

  test('names at most 50 servers of a kind', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `web-${index}`);
    const text = newsText({ ...nothing, newlyFailed: many, recovered: many }, exampleReport);
    expect(text).toContain('  and 950 more\n');
    expect(text).toContain('web-49 and 950 more\n');
    expect(text.split('\n').length).toBeLessThan(60);
  });

  test.each([40, 60, 80, 120, 200])('no line is wider than %i columns, whatever a server says', (width) => {
    for (const name of Object.values(hostileNames)) {
      const report = reportSaying(name);
      const newlyFailed = report.servers.map(({ serverId }) => serverId);
      const of = { ...nothing, previous: { ...previous, run: name }, newlyFailed, recovered: [name] };
      const text = newsText(of, report, { width });
      for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
      expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*(?:\n[^\p{C}\p{Zl}\p{Zp}]*)*$/u);
    }
  });
});
