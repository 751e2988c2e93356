import { expect, test } from 'vitest';
import { baselineOf } from '../../../src/domain/baselines/baseline.ts';
import { baselineLines, provenance } from '../../../src/reports/listings/baseline-lines.ts';
import { events, gflops, judgedServer, outcome, reportOf } from '../example-report.ts';

const server = (id: string, score: number, hardwareClass = 'web') => ({
  ...judgedServer(id, { cpu: outcome(events(score)) }, {}),
  hardwareClass,
});

test('shows the new expectations, the outliers and the unused measurements', () => {
  const unclear = outcome(events(1), { type: 'Inconclusive', message: 'apart' });
  const runs = [
    reportOf([
      ...[8012, 8101, 7950, 3912, 8060, 7999].map((score, index) => server(`web-${index + 1}`, score)),
      ...[100, 300, 900].map((score, index) => server(`odd-${index + 1}`, score, 'odd')),
      judgedServer('web-7', { cpu: unclear }, {}),
    ]),
  ];
  const place = { hardwareClass: 'web', metric: 'cpu.events_per_second' };
  expect(baselineLines(baselineOf(runs), { changed: [place], kept: [] }, runs)).toEqual([
    'From fleet-20261124-020000 (10 servers):',
    'web cpu.events_per_second: 8,010 events/s with a tolerance of 10 %',
    'odd cpu.events_per_second: 300 events/s with a tolerance of 50 %: unchanged',
    'web cpu.events_per_second: left out as outliers of the class: web-4 3,912 events/s',
    'odd cpu.events_per_second: outside the new expected range: odd-1 100, odd-3 900 events/s',
    'odd cpu.events_per_second: the servers differ by more than 50 %: check that they belong to one class',
    'Not used from 1 server (cpu error Inconclusive): web-7',
  ]);
  const kept = baselineLines(baselineOf(runs), { changed: [], kept: [place] }, runs);
  expect(kept[1]).toContain('kept the hand-written value; --replace overwrites it');
});

test('the comment names outliers with their device, and only the first of many', () => {
  const gpus = (id: string, ...values: number[]) => judgedServer(id, { gpu: outcome(gflops(...values)) }, {});
  const odd = Array.from({ length: 7 }, (_, index) => gpus(`gpu-${index}`, 900, 90 + index));
  const many = Array.from({ length: 20 }, (_, index) => gpus(`ok-${index}`, 900 + index, 990));
  const [metric] = baselineOf([reportOf([...many, ...odd])]).classes[0]!.metrics;
  expect(provenance(metric!)).toBe(
    '20 servers, 1 run, 2026-11-24; left out: gpu-0 device 1 90, gpu-1 device 1 91, gpu-2 device 1 92, ' +
      'gpu-3 device 1 93, gpu-4 device 1 94 and 2 more'
  );
});

test('servers with fewer devices than expected are named', () => {
  const gpus = (id: string, count: number) =>
    judgedServer(id, { gpu: outcome(gflops(...Array.from({ length: count }, () => 900))) }, {});
  const baseline = baselineOf([reportOf([gpus('a', 8), gpus('b', 8), gpus('c', 8), gpus('d', 4)])]);
  const { metric } = baseline.classes[0]!.metrics[0]!;
  expect(baselineLines(baseline, { changed: [], kept: [] }, [])).toContain(
    `default ${metric}: fewer devices than expected: d 4`
  );
  expect(provenance(baseline.classes[0]!.metrics[0]!)).toBe('4 servers, 1 run, 2026-11-24; fewer devices: d 4');
});
