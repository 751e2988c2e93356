import { expect, test } from 'vitest';
import { fitRecord } from '../../../src/domain/records/fit-record.ts';
import { sizeOf } from '../../../src/domain/values/json-value.ts';
import { sampleServer } from '../../store/sample-records.ts';

const record = sampleServer('web-1');
const [benchmark] = record.benchmarks;
const [result] = benchmark!.results;

test('a record that fits is unchanged', () => {
  expect(fitRecord(record)).toBe(record);
});

test.each([
  [1_000_000, { raw: true, evidence: true, samples: true }],
  [35_000, { raw: false, evidence: true, samples: true }],
  [20_000, { raw: false, evidence: false, samples: true }],
  [5_000, { raw: false, evidence: false, samples: false }],
])('a record above %i bytes loses output, evidence and samples in this order, never its row', (limit, kept) => {
  const evidence = Array.from({ length: 3_000 }, () => null);
  const samples = Array.from({ length: 3_000 }, (_, index) => index);
  const results = [{ ...result!, raw: 'x'.repeat(16_000), evidence }];
  const measurements = [{ ...benchmark!.measurements[0]!, samples }];
  const fitted = fitRecord({ ...record, benchmarks: [{ ...benchmark!, measurements, results }] }, limit);
  const [only] = fitted.benchmarks;
  const has = { raw: 'raw' in only!.results[0]!, evidence: 'evidence' in only!.results[0]! };
  expect({ ...has, samples: only!.measurements[0]!.samples.length > 0 }).toEqual(kept);
  expect(sizeOf(fitted)).toBeLessThanOrEqual(limit);
  expect(fitted.row).toEqual(record.row);
});
