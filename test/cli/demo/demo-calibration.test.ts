import { expect, test } from 'vitest';
import { inconsistencies, expectationsFrom, otherLoadPhrases } from '../../../src/cli/demo/demo-calibration.ts';
import type { RowEvidence } from '../../../src/domain/measurements/evidence.ts';
import type { ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { events, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';

const servers = (...samples: number[][]): ServerRow[] =>
  samples.map((values, index) => judgedServer(`demo-${index + 1}`, { cpu: outcome(events(...values)) }, {}));

test('two healthy servers agree as long as they are no more than 15 % apart', () => {
  expect(inconsistencies(servers([1000], [850]))).toEqual([]);
  expect(inconsistencies(servers([840], [1000]))).toEqual([
    'the results of demo-1 and demo-2 differ by 16 %, although both are this machine',
  ]);
});

test('samples further apart than the tolerance contradict each other, even with the same median', () => {
  expect(inconsistencies(servers([1000, 1000, 800], [1000]))).toEqual([]);
  expect(inconsistencies(servers([1000], [1000, 1000, 700]))).toEqual(['the samples of demo-2 differ by 30 %']);
});

test('the faster server is the reference for the others', () => {
  expect(expectationsFrom(reportOf(servers([700], [1000.4])))).toEqual({
    'cpu.events_per_second': { reference: 1000, tolerance: 0.25 },
  });
});

test.each([
  [{ otherLoad: 0.3, steal: 0.04 }, []],
  [{ otherLoad: null, steal: null }, []],
  [{ otherLoad: 0.572, steal: 0 }, ['other programs used 57.2 % of all CPU time (limit 33.3 %)']],
  [{ otherLoad: 0.1, steal: 0.12 }, ['the hypervisor withheld 12 % of all CPU time (limit 5 %)']],
])('other load: %j', (evidence, phrases) => {
  const [row] = servers([1000]);
  const benchmarks = row!.benchmarks.map((each) => ({ ...each, evidence: evidence as RowEvidence }));
  expect(otherLoadPhrases([{ ...row!, benchmarks }])).toEqual(phrases);
});
