import fc from 'fast-check';
import { textWidth } from '../../../src/reports/text-width.ts';
import { describe, expect, test } from 'vitest';
import type { HistoryRun, HistorySeries, ServerHistory } from '../../../src/domain/records/server-history.ts';
import { historyText } from '../../../src/reports/listings/history-text.ts';
import { hostileNames } from '../hostile-report.ts';
import { hostileText } from '../hostile-text.ts';

const why = 'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)';

function runOn(day: number, about: Partial<HistoryRun> = {}): HistoryRun {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const of = { run: `fleet-202611${day}-020000`, temporalRunId: `run-${day}`, startedAt, hasEnded: true };
  return { ...of, note: null, schedule: null, hardwareClass: 'c5', verdict: 'pass', reason: null, ...about };
}

function events(...values: (number | null)[]): HistorySeries {
  const points = values.map((value) => (value === null ? null : { value, spread: 0.004, min: 7_200, max: null }));
  const metric = { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher' } as const;
  return { ...metric, device: null, address: null, uuid: null, points };
}

const slow = { verdict: 'fail', reason: why } as const;
const history: ServerHistory = {
  serverId: 'web-7',
  runs: [runOn(25), runOn(26, { verdict: 'busy', reason: 'in use' }), runOn(27, slow), runOn(28), runOn(29, slow)],
  series: [events(8_012, null, 3_912, 8_000, 3_900)],
};

describe('the history of a server', () => {
  test('has its runs, the newest last, and a line of blocks with marks under those that missed the limit', () => {
    expect(historyText(history, { timeZone: 'UTC' })).toBe(`\
web-7: 5 runs, 2 pass, 2 fail, 1 busy

started          verdict run
2026-11-25 02:00 pass    fleet-20261125-020000
2026-11-26 02:00 busy    fleet-20261126-020000 in use
2026-11-27 02:00 fail    fleet-20261127-020000 cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)
2026-11-28 02:00 pass    fleet-20261128-020000
2026-11-29 02:00 fail    fleet-20261129-020000 cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)

cpu.events_per_second (events/s, higher is better)
  █·▁█▁
    ^ ^
  limit >= 7,200 (▇), 3,900 to 8,012, median 5,956, last 3,900
`);
  });

  test('has digits where the terminal has no blocks, and a dot for a run without the metric', () => {
    expect(historyText(history, { isUnicode: false, timeZone: 'UTC' })).toContain(`
  9.090
    ^ ^
  limit >= 7,200 (8), `);
  });

  test('lists each value on request', () => {
    expect(historyText(history, { withValues: true, timeZone: 'UTC' })).toContain(`
  2026-11-27 02:00 3,912 (spread 0.4 %) short
  2026-11-28 02:00 8,000 (spread 0.4 %)
`);
  });

  test('on a narrow terminal gives each run its own lines', () => {
    expect(historyText(history, { width: 40, timeZone: 'UTC' })).toContain(`
2026-11-27 02:00 fail
  fleet-20261127-020000
  cpu.events_per_second 3,912 of >=
  7,200 events/s (54 %)
2026-11-28 02:00 pass
  fleet-20261128-020000
`);
  });

  test('shows the devices of a metric that missed a limit first, the last one at the top', () => {
    const gpus = [
      [8, 8, 8],
      [8, 3, 8],
      [8, 8, 3],
      [8, 8, 8],
    ].map((values, device) => {
      const points = values.map((value) => ({ value, spread: 0, min: 7, max: null }));
      return { ...events(), metric: 'gpu.score', device, points };
    });
    const runs = [27, 28, 29].map((day) => runOn(day));
    const text = historyText({ serverId: 'gpu-1', runs, series: [events(8_000, 8_000, 8_000), ...gpus] });
    expect(text.match(/^\S+ of device \d|^cpu\S+/gm)).toEqual([
      'cpu.events_per_second',
      ...[2, 1, 0, 3].map((device) => `gpu.score of device ${device}`),
    ]);
  });

  test('shows differences below a tenth as what they are: small', () => {
    const [line] = /\n {2}[▁-█]+\n/.exec(historyText({ ...history, series: [events(8_000, 8_001, 8_002)] }))!;
    expect(new Set(line.trim()).size).toBe(1);
  });

  test('shows of many runs in one column the worst one, and says so', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => (index === 500 ? 3_912 : 8_000));
    const runs = values.map((_, index) => runOn((index % 28) + 1));
    const text = historyText({ serverId: 'web-7', runs, series: [events(...values)] }, { width: 80 });
    expect(text).toMatch(/\n {2}█+▁█+\n +\^\n/);
    expect(text).toMatch(/each column: the\s+worst of 13 runs/);
  });

  test('marks a value above the limit of a metric whose lower values are better', () => {
    const point = (value: number) => ({ value, spread: 0, min: null, max: 100 });
    const latency = {
      ...events(),
      metric: 'disk.p99',
      unit: 'us',
      better: 'lower',
      points: [90, 250].map(point),
    } as const;
    const series = [{ ...latency, points: [...latency.points] }];
    const text = historyText({ ...history, runs: [runOn(28), runOn(29, slow)], series });
    expect(text).toContain('\n  ▁█\n   ^\n  limit <= 100 (▁), 90 to 250');
  });

  test.each([40, 60, 80, 120, 200])('no line is wider than %i columns, whatever a server is called', (width) => {
    for (const name of Object.values(hostileNames)) {
      const run = runOn(27, { run: name, verdict: 'error', reason: `${name} ${name}` });
      const series = { ...events(1, 2), metric: name, unit: name, device: 1_000_000, address: name };
      const text = historyText({ serverId: name, runs: [run, run], series: [series] }, { width, withValues: true });
      for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  test('is text of printable characters for any text and number', () => {
    const number = fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        hostileText,
        fc.array(number, { minLength: 1 }),
        fc.integer({ min: 40, max: 200 }),
        (text, values, width) => {
          const runs = values.map(() => runOn(27, { run: text, reason: text }));
          const shown = historyText(
            { serverId: text, runs, series: [{ ...events(...values), metric: text }] },
            { width }
          );
          expect(shown).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*(?:\n[^\p{C}\p{Zl}\p{Zp}]*)*$/u);
          for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(shown).not.toContain('undefined');
        }
      )
    );
  });
});
