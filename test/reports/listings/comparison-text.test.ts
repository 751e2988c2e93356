import { textWidth } from '../../../src/reports/text-width.ts';
import { describe, expect, test } from 'vitest';
import type { MetricShift, RunComparison, ServerOfOneRun, Shift } from '../../../src/domain/records/compare-runs.ts';
import { countVerdicts, type Verdict } from '../../../src/domain/verdicts/verdict.ts';
import { comparisonText } from '../../../src/reports/listings/comparison-text.ts';
import { hostileNames } from '../hostile-report.ts';

function runNamed(run: string, day: number) {
  const counts = { ...countVerdicts([]), pass: 810 + day, fail: 2 };
  return { run, temporalRunId: run, startedAt: `2026-11-${day}T02:00:00.000Z`, hasEnded: true, note: null, counts };
}

const none: Shift = { before: 0.005, after: 0.006, change: 0.0001, p: 0.2, adjustedP: 0.4 };
const worse: Shift = { before: 8_010, after: 7_820, change: -192.24, p: 1e-9, adjustedP: 4e-9 };

function shiftOf(about: Partial<MetricShift> = {}): MetricShift {
  const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher' } as const;
  return { hardwareClass: 'c5', ...metric, servers: 812, median: worse, spread: none, ...about };
}

function server(serverId: string, verdict: Verdict): ServerOfOneRun {
  return { serverId, verdict, reason: null };
}

const comparison: RunComparison = {
  before: runNamed('fleet-20261128-020000', 28),
  after: runNamed('fleet-20261129-020000', 29),
  verdicts: [
    {
      serverId: 'web-7',
      before: 'pass',
      after: 'fail',
      reason: 'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)',
    },
    { serverId: 'web-9', before: 'fail', after: 'pass', reason: null },
  ],
  onlyBefore: [],
  onlyAfter: [],
  metrics: [shiftOf({ metric: 'disk.p99', unit: 'us', better: 'lower', median: none }), shiftOf()],
};

describe('the comparison of two runs as text', () => {
  test('has the runs, the servers with another verdict, and for each class and metric how sure a shift is', () => {
    expect(comparisonText(comparison, { timeZone: 'UTC' })).toBe(`\
before: fleet-20261128-020000 (2026-11-28 02:00): 838 pass, 2 fail, 0 error
after: fleet-20261129-020000 (2026-11-29 02:00): 839 pass, 2 fail, 0 error

2 servers with another verdict
web-7 pass -> fail: cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)
web-9 fail -> pass

class c5
  cpu.events_per_second, 812 servers: 8,010 -> 7,820 events/s (-2.4 %), worse, p < 0.001
    spread 0.5 % -> 0.6 %, no clear change, p = 0.4
  disk.p99, 812 servers: 0.005 -> 0.006 us (+2 %), no clear change, p = 0.4
    spread 0.5 % -> 0.6 %, no clear change, p = 0.4

p: the probability of such a difference by chance, by the Wilcoxon signed-rank test on servers in both runs, corrected for 4 comparisons (Holm)
`);
  });

  test('names the servers of one run only in one bounded line for each run', () => {
    const others = Array.from({ length: 13 }, (_, index) => server(`web-${index + 10}`, 'pass'));
    const onlyBefore = [server('web-3', 'fail'), ...others];
    const text = comparisonText({ ...comparison, onlyBefore, onlyAfter: [server('db-1', 'not_reached')] });
    expect(text).toContain(`\n2 servers with another verdict\n`);
    expect(text).toContain(`

only in the first run (14): web-3 (fail), web-10, web-11, web-12, web-13, web-14, web-15, web-16, web-17, web-18 and 4 more
only in the second run (1): db-1 (not reached)

class c5
`);
  });

  test('calls a lower value better where lower values are, and a smaller spread steadier', () => {
    const steadier = { ...worse, before: 0.05, after: 0.01, change: -0.04 };
    const text = comparisonText({ ...comparison, metrics: [shiftOf({ better: 'lower', spread: steadier })] });
    expect(text).toContain('(-2.4 %), better, p < 0.001\n    spread 5 % -> 1 %, steadier, p < 0.001');
  });

  test('writes equal medians as all numbers, and different ones so that they differ', () => {
    const of = (before: number, after: number) => {
      const median = { ...none, before, after, change: after - before };
      return comparisonText({ ...comparison, metrics: [shiftOf({ median })] });
    };
    expect(of(8_000, 8_000)).toContain(' 8,000 -> 8,000 events/s (0 %), ');
    expect(of(8_000.1, 8_000.2)).toContain(' 8,000.1 -> 8,000.2 events/s (0 %), ');
    expect(of(0, 3)).toContain(' 0 -> 3 events/s, ');
  });

  test('says that a few servers are too few to be sure', () => {
    const text = comparisonText({ ...comparison, metrics: [shiftOf({ servers: 5, median: none })] });
    expect(text).toContain('too few servers to be sure');
  });

  test('says so if nothing was measured in both runs and no verdict changed', () => {
    const text = comparisonText({ ...comparison, verdicts: [], metrics: [] });
    expect(text).toContain('\nno server with another verdict\n\nno metric was measured on a server in both runs\n');
  });

  test.each([40, 60, 80, 120, 200])('no line is wider than %i columns, whatever a server says', (width) => {
    for (const name of Object.values(hostileNames)) {
      const verdicts = comparison.verdicts.map((each) => ({ ...each, serverId: name, reason: name }));
      const metrics = [shiftOf({ hardwareClass: name, metric: name, unit: name })];
      const before = { ...comparison.before, run: name, note: name };
      const onlyBefore = Array.from({ length: 20 }, () => server(name, 'fail'));
      const text = comparisonText({ ...comparison, before, verdicts, onlyBefore, metrics }, { width });
      for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
      expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*(?:\n[^\p{C}\p{Zl}\p{Zp}]*)*$/u);
    }
  });
});
