import { describe, expect, test } from 'vitest';
import { compareRuns, type ComparableRun } from '../../../src/domain/records/compare-runs.ts';
import type { StoredMeasurement } from '../../../src/domain/records/server-history.ts';
import { countVerdicts, type Verdict } from '../../../src/domain/verdicts/verdict.ts';

type Server = ComparableRun['servers'][number];

function server(serverId: string, verdict: Verdict = 'pass', about: Partial<Server> = {}): Server {
  return { serverId, verdict, hardwareClass: 'c5', reason: null, ...about };
}

function measured(serverId: string, value: number | null, about: Partial<StoredMeasurement> = {}): StoredMeasurement {
  const metric = { metric: 'cpu.events', unit: 'events/s', better: 'higher' } as const;
  const point = { value, spread: 0.01, min: null, max: null };
  return { runId: 1, serverId, ...metric, device: null, address: null, uuid: null, point, ...about };
}

function run(name: string, servers: Server[], measurements: StoredMeasurement[]): ComparableRun {
  const about = { run: name, temporalRunId: name, startedAt: '2026-11-29T02:00:00.000Z', hasEnded: true, note: null };
  return { about: { ...about, counts: countVerdicts(servers.map(({ verdict }) => verdict)) }, servers, measurements };
}

const ids = Array.from({ length: 12 }, (_, index) => `web-${index + 1}`);
const fleet = ids.map((id) => server(id));

describe('a comparison of two runs', () => {
  test('lists the servers of both runs with another verdict, failures first, then what could not be judged', () => {
    const before = run('a', [server('a'), server('b', 'fail'), server('c'), server('d'), server('e')], []);
    const slow = server('e', 'fail', { reason: 'too slow' });
    const after = run('b', [server('a', 'measured'), server('b'), server('c', 'busy'), server('d'), slow], []);
    expect(compareRuns(before, after).verdicts).toEqual([
      { serverId: 'e', before: 'pass', after: 'fail', reason: 'too slow' },
      { serverId: 'c', before: 'pass', after: 'busy', reason: null },
      { serverId: 'a', before: 'pass', after: 'measured', reason: null },
      { serverId: 'b', before: 'fail', after: 'pass', reason: null },
    ]);
  });

  test('keeps servers of one run only apart, with their verdicts: a part of the fleet is no change', () => {
    const gone = server('old-2', 'error', { reason: 'unreachable' });
    const before = run('a', [server('web-1'), server('old-1'), gone], []);
    const after = run('b', [server('new'), server('web-1')], []);
    expect(compareRuns(before, after)).toMatchObject({
      verdicts: [],
      onlyBefore: [
        { serverId: 'old-2', verdict: 'error', reason: 'unreachable' },
        { serverId: 'old-1', verdict: 'pass', reason: null },
      ],
      onlyAfter: [{ serverId: 'new', verdict: 'pass', reason: null }],
    });
  });

  test('finds a small shift of the whole class, although servers differ more from each other', () => {
    const before = ids.map((id, index) => measured(id, 8_000 + index * 100));
    const after = ids.map((id, index) => measured(id, (8_000 + index * 100) * 0.98));
    const [shift] = compareRuns(run('a', fleet, before), run('b', fleet, after)).metrics;
    expect(shift).toMatchObject({ hardwareClass: 'c5', metric: 'cpu.events', servers: 12 });
    expect(shift!.median.before).toBe(8_550);
    expect(shift!.median.after).toBeCloseTo(8_379, 9);
    expect(shift!.median.change).toBeCloseTo(-171, 9);
    expect(shift!.median.p).toBeCloseTo(2 / 2 ** 12, 12);
    expect(shift!.spread).toEqual({ before: 0.01, after: 0.01, change: 0, p: 1, adjustedP: 1 });
  });

  test('finds that samples of each server scatter more', () => {
    const of = (spread: number) =>
      ids.map((id) => measured(id, 8_000, { point: { value: 8_000, spread, min: null, max: null } }));
    const [shift] = compareRuns(run('a', fleet, of(0.01)), run('b', fleet, of(0.05))).metrics;
    expect(shift!.median.p).toBe(1);
    expect(shift!.spread).toMatchObject({ before: 0.01, after: 0.05 });
    expect(shift!.spread.adjustedP).toBeLessThan(0.001);
  });

  test('corrects for the number of comparisons: one lucky metric of many is not clear', () => {
    const metrics = Array.from({ length: 100 }, (_, index) => `cpu.metric_${index}`);
    const six = ids.slice(0, 6);
    const of = (shift: number) =>
      six.flatMap((id) => metrics.map((metric, index) => measured(id, 100 + (index === 7 ? shift : 0), { metric })));
    const found = compareRuns(run('a', fleet, of(0)), run('b', fleet, of(1))).metrics[7]!;
    expect(found.median.p).toBeCloseTo(2 / 2 ** 6, 12);
    expect(found.median.adjustedP).toBe(1);
  });

  test('compares only servers and devices that both runs have measured, and a device by its address', () => {
    const gpu = (device: number, address: string, value: number) => measured('gpu-1', value, { device, address });
    const before = [gpu(0, 'a', 100), gpu(1, 'b', 200), measured('web-1', 5), measured('web-2', null)];
    const after = [gpu(0, 'b', 201), gpu(1, 'a', 101), gpu(2, 'c', 900), measured('web-2', 5)];
    const servers = [server('gpu-1'), server('web-1'), server('web-2')];
    const { metrics } = compareRuns(run('a', servers, before), run('b', servers, after));
    expect(metrics).toMatchObject([{ servers: 1, median: { before: 150, after: 151, change: 1 } }]);
  });

  test('keeps classes and units apart, and takes the later class', () => {
    const moved = [server('web-1', 'pass', { hardwareClass: 'c6' }), server('web-2')];
    const before = [measured('web-1', 1), measured('web-2', 1), measured('web-2', 1, { metric: 'x', unit: 'GB/s' })];
    const after = [measured('web-1', 2), measured('web-2', 2), measured('web-2', 1, { metric: 'x', unit: 'GiB/s' })];
    const { metrics } = compareRuns(run('a', fleet, before), run('b', moved, after));
    expect(metrics.map(({ hardwareClass, metric }) => [hardwareClass, metric])).toEqual([
      ['c6', 'cpu.events'],
      ['c5', 'cpu.events'],
    ]);
  });
});
