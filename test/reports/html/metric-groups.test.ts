import { expect, test } from 'vitest';
import { metricGroups } from '../../../src/reports/html/metric-groups.ts';
import { smallFleet } from '../example-fleets.ts';
import { events, gflops, judgedServer, outcome, reportOf } from '../example-report.ts';

test('each metric of each class is a group, with the limits of that class', () => {
  expect(
    metricGroups(smallFleet()).map(({ hardwareClass, metric, limits }) => [
      hardwareClass,
      metric,
      ...limits.map(({ comparison, expected }) => `${comparison} ${expected}`),
    ])
  ).toEqual([
    ['h100x8', 'cpu.events_per_second', '>= 201400'],
    ['h100x8', 'gpu.devices', '>= 8'],
    ['h100x8', 'gpu.fp32_gflops', '>= 48640'],
    ['h100x8', 'gpu.memory_gb_per_second', '>= 2900'],
    ['h100x8', 'burn.gflops', '>= 44988'],
    ['epyc-9654', 'cpu.events_per_second', '>= 136160'],
    ['epyc-9654', 'disk.read_iops', '>= 900000'],
    ['epyc-9654', 'disk.p99_ms', '<= 1.2'],
  ]);
});

test('a blamed value is short, one that was not judged is doubtful, and one far from the others is an outlier', () => {
  const states = metricGroups(smallFleet())
    .flatMap(({ points }) => points)
    .filter(({ state }) => state !== 'usual');
  expect(states.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'gpu-b04 short',
    'gpu-b02 device 3 (0000:5d:00.0) short',
    'cpu-b05 short',
    'cpu-b06 doubtful',
  ]);
  const odd = [8000, 8010, 8020, 8030, 8040, 9500].map((value, index) =>
    judgedServer(`web-${index}`, { cpu: outcome(events(value)) })
  );
  expect(metricGroups(reportOf(odd))[0]!.points.map(({ state }) => state)).toEqual([
    ...Array<string>(5).fill('usual'),
    'outlier',
  ]);
});

test('of too many devices only the worst one of each server is a point; the median is of all', () => {
  const rows = Array.from({ length: 300 }, (_, index) =>
    judgedServer(`gpu-${index}`, {
      gpu: outcome(gflops(50_000, 50_001, 50_002, 50_003, 50_004, 50_005, 50_006, index === 7 ? 1 : 50_007)),
    })
  );
  const [group] = metricGroups(reportOf(rows));
  expect(group).toMatchObject({ isWorstOnly: true, median: 50_003 });
  expect(group!.points).toHaveLength(300);
  expect(group!.points.filter(({ state }) => state === 'short').map(({ name, value }) => [name, value])).toEqual([
    ['gpu-7 device 7', 1],
  ]);
  expect(metricGroups(reportOf(rows.slice(0, 200)))[0]).toMatchObject({
    isWorstOnly: false,
    points: expect.objectContaining({ length: 1600 }),
  });
});
