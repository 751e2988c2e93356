import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expectations } from '../../../src/domain/verdicts/expectation.ts';
import { judge } from '../../../src/domain/verdicts/judge.ts';
import type { BenchmarkResult } from '../../../src/domain/measurements/benchmark-result.ts';
import { FIRST_NAMED_DEVICE, summarize } from '../../../src/domain/measurements/measurement.ts';
import { shortfallAdvice } from '../../../src/domain/verdicts/shortfall-advice.ts';
import type { BenchmarkRow } from '../../../src/domain/verdicts/server-row.ts';
import { quietEvidence } from '../../support/quiet-evidence.ts';

function measured(samples: readonly number[], device: number | null = null): BenchmarkResult {
  const readings = samples.map((value) => {
    return { metric: 'cpu.score', unit: 'points', better: 'higher', device, value } as const;
  });
  return { measurements: summarize(readings), error: null, tool: 'sysbench', seconds: 3 };
}

function failed(type: string): BenchmarkResult {
  return { measurements: [], error: { type, message: 'told why' }, tool: null, seconds: null };
}

function judged(outcome: BenchmarkResult, expected: Expectations = { 'cpu.score': { min: 50 } }): BenchmarkRow {
  return judge('cpu', outcome, expected);
}

test('a value that reaches its limit passes; one that does not fails, with the share', () => {
  expect(judged(measured([50]))).toMatchObject({ verdict: 'pass', reason: null, shortfalls: [] });
  expect(judged(measured([20]))).toMatchObject({
    verdict: 'fail',
    reason: 'cpu.score 20 of >= 50 points (40 %)',
    error: null,
  });
});

test('a device is named by its PCI address if known, and listed in the row', () => {
  const gpus = ['0000:01:00.0', null, '0000:c1:00.0'].map((address, device) => {
    return { device, address, uuid: null, name: 'NVIDIA A100', isPartitioned: false };
  });
  const row = judged({ ...devices([90], [31], [30]), devices: gpus });
  expect(row.reason).toBe('cpu.score of device 2 (0000:c1:00.0): 30 of >= 50 points (60 %); 1 more device short');
  expect(row.shortfalls.map(({ device, address }) => [device, address])).toEqual([
    [2, '0000:c1:00.0'],
    [1, undefined],
  ]);
  expect(row.devices?.[2]).toEqual({ device: 2, address: '0000:c1:00.0', uuid: null, name: 'NVIDIA A100' });
  const partly = judged({ ...devices([90, 91], [90, 90], [95]), devices: gpus });
  expect(partly.reason).toBe('cpu.score: device 2 (0000:c1:00.0) is missing in 1 of 2 samples');
});

test('a partitioned GPU is an error if something is expected of it, else a skip', () => {
  expect(judged(failed('DevicePartitioned')).verdict).toBe('error');
  expect(judged(failed('DevicePartitioned'), {}).verdict).toBe('skip');
});

test('the row has the limits of what was measured, for a pass too', () => {
  const expected = {
    'cpu.score': { reference: 100, tolerance: 0.1, min: 50 },
    'cpu.latency': { max: 3 },
    'gpu.score': { min: 1 },
  };
  expect(judged(devices([95], [120]), expected).limits).toEqual([
    { metric: 'cpu.score', comparison: '>=', expected: 90 },
    { metric: 'cpu.score', comparison: '>=', expected: 50 },
  ]);
  expect(judged(measured([100]), { 'cpu.score': { reference: 100, within: 0.1 } }).limits).toEqual([
    { metric: 'cpu.score', comparison: '>=', expected: 90 },
    { metric: 'cpu.score', comparison: '<=', expected: 110 },
  ]);
  expect(judged(measured([100]), {})).not.toHaveProperty('limits');
  expect(judged(failed('ToolMissing'), expected)).not.toHaveProperty('limits');
});

test('a benchmark without any number is not measured: all its metrics may be absent', () => {
  expect(judged(measured([]), {})).toMatchObject({ verdict: 'skip', error: null, measurements: [] });
  expect(judged(measured([]), { 'cpu.score': { min: 1 } }).verdict).toBe('error');
});

test('without expectations the verdict is measured', () => {
  expect(judged(measured([1]), {}).verdict).toBe('measured');
  expect(judged(measured([1]), { 'gpu.score': { min: 50 } }).verdict).toBe('measured');
});

test('the median decides, not a single bad sample within the tolerance', () => {
  const expected = { 'cpu.score': { reference: 100, tolerance: 0.1 } };
  expect(judged(measured([89, 95, 96]), expected).verdict).toBe('pass');
  expect(judged(measured([88, 89, 95]), expected).verdict).toBe('fail');
});

test('samples on both sides of the limit, further apart than the tolerance, are inconclusive', () => {
  const row = judged(measured([40, 60, 61]));
  expect(row).toMatchObject({ verdict: 'error', error: { type: 'Inconclusive' }, shortfalls: [] });
  expect(row.reason).toBe(
    '3 samples of cpu.score contradict each other: from 40 to 61 points, on both sides of the limit >= 50 (median 60)'
  );
});

test('samples far apart on the same side of the limit are judged', () => {
  expect(judged(measured([10, 20, 40])).verdict).toBe('fail');
  expect(judged(measured([60, 90, 200])).verdict).toBe('pass');
});

/** The samples of each device; without samples, a device was not measured. */
function devices(...samples: readonly number[][]): BenchmarkResult {
  const measurements = samples.flatMap((each, device) => measured(each, device).measurements);
  return { ...measured([]), measurements };
}

describe('of several devices', () => {
  test('each is judged: the worst is named, the others are counted, and all are in the row', () => {
    const row = judged(devices([90], [31], [95], [30], [49]));
    expect(row.reason).toBe('cpu.score of device 3: 30 of >= 50 points (60 %); 2 more devices short');
    expect(row.shortfalls.map((each) => [each.device, each.measured])).toEqual([
      [3, 30],
      [1, 31],
      [4, 49],
    ]);
    expect(judged(devices([49], [31])).reason).toMatch(/ of device 1: 31 of .*; 1 more device short$/);
    expect(judged(devices([90], [31])).reason).toBe('cpu.score of device 1: 31 of >= 50 points (62 %)');
  });

  test('the worst is the one that misses most, above a maximum as well as below a minimum', () => {
    expect(judged(devices([90], [160], [101]), { 'cpu.score': { max: 100 } }).reason).toMatch(
      / of device 1: 160 of <= 100/
    );
    const within = { 'cpu.score': { reference: 100, within: 0.05 } };
    expect(judged(devices([94], [120], [100]), within).reason).toBe(
      'cpu.score of device 1: 120 of <= 105 points (115 %); cpu.score of device 0: 94 of >= 95 points (98 %)'
    );
  });

  test('one that only another metric has is an error, not a pass', () => {
    const other = { metric: 'cpu.other', unit: 'x', better: 'higher', value: 1 } as const;
    const others = [0, 1, 2].map((device) => ({ ...other, device }));
    const { measurements, ...about } = devices([90], [], [95]);
    const row = judged({ ...about, measurements: [...measurements, ...summarize(others)] });
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'DeviceMissing' } });
    expect(row.reason).toBe('cpu.score: 3 devices, 2 measured; device 1 is missing');
  });

  test('one that is missing everywhere is an error if so many are expected', () => {
    const row = judged(devices([90], [95]), { 'cpu.score': { min: 50, devices: 8 } });
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'DeviceMissing' } });
    expect(row.reason).toBe('cpu.score: 2 of 8 devices measured');
  });

  test('one that is missing in some samples is an error, not a pass', () => {
    const row = judged(devices([90, 91, 90], [95, 95], [90, 92, 91]));
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'DeviceMissing' } });
    expect(row.reason).toBe('cpu.score: device 1 is missing in 1 of 3 samples');
  });

  test('one that is missing in some samples is reported even if nothing, or fewer, is expected', () => {
    const reading = { metric: 'gpu.devices', unit: 'devices', better: 'higher', device: null } as const;
    const counts = summarize([2, 2, 1].map((value) => ({ ...reading, value })));
    const { measurements, ...about } = devices([90, 91, 90], [95, 95]);
    const outcome = { ...about, measurements: [...counts, ...measurements] };
    const reason = 'cpu.score: device 1 is missing in 1 of 3 samples';
    expect(judge('gpu', outcome, {})).toMatchObject({ verdict: 'measured', error: { type: 'DeviceMissing' }, reason });
    expect(judge('gpu', outcome, { 'gpu.devices': { min: 1 } })).toMatchObject({ verdict: 'error', reason });
  });

  test('a count passes with any devices, if there are enough', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 16 }), (values) => {
        const { verdict, shortfalls, reason } = judged(devices(...values.map((value) => [value])));
        const short = values.flatMap((value, device) => (value < 50 ? [device] : []));
        expect(shortfalls.map(({ device }) => device).sort()).toEqual([...short].sort());
        expect(verdict).toBe(short.length > 0 ? 'fail' : 'pass');
        if (short.length > 0) expect(reason).toContain(` ${Math.min(...values)} of >= 50`);
      })
    );
  });
});

test('within a percentage of a reference means both sides', () => {
  const expected = { 'cpu.score': { reference: 100, within: 0.05 } };
  for (const value of [95, 100, 105]) expect(judged(measured([value]), expected).verdict).toBe('pass');
  expect(judged(measured([94.9]), expected).reason).toBe('cpu.score 94.9 of >= 95 points (99 %)');
  expect(judged(measured([105.1]), expected).reason).toBe('cpu.score 105.1 of <= 105 points (101 %)');
});

test('an expected metric that was not measured is an error, even if others were measured', () => {
  const row = judged(measured([90]), { 'cpu.score': { min: 50 }, 'cpu.other': { min: 1 } });
  expect(row).toMatchObject({ verdict: 'error', error: { type: 'UnreadableOutput' } });
  expect(row.reason).toBe('cpu.other is expected, but was not measured');
});

test('a measured shortfall takes precedence over an error', () => {
  const row = judged({ ...measured([20]), error: { type: 'DeviceMissing', message: '7 of 8' } });
  expect(row).toMatchObject({ verdict: 'fail', error: { type: 'DeviceMissing' } });
});

test('a benchmark that does not apply is a skip, or an error if something is expected of it', () => {
  for (const type of ['ToolMissing', 'DeviceMissing', 'HostUnsuitable']) {
    expect(judged(failed(type), {})).toMatchObject({ verdict: 'skip', reason: 'told why', error: { type } });
    expect(judged(failed(type))).toMatchObject({ verdict: 'error', reason: 'told why' });
  }
});

test('any other failure is an error even if nothing is expected', () => {
  expect(judged(failed('BenchmarkCrashed'), {}).verdict).toBe('error');
  expect(judged(failed('SomethingNobodyThoughtOf'), {}).verdict).toBe('error');
});

test('a number that could not be read never passes', () => {
  const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity);
  const expectations = fc.constantFrom<Expectations>(
    {},
    { 'cpu.score': { min: -1e300 } },
    { 'cpu.score': { max: 1e300 } },
    { 'cpu.score': { reference: 1, tolerance: 0.99 } }
  );
  fc.assert(
    fc.property(fc.array(fc.double()), odd, expectations, (samples, bad, expected) => {
      // A median with one sample that is not a number is not a number.
      const outcome = measured([...samples.filter(Number.isFinite), bad]);
      if (Number.isFinite(outcome.measurements[0]!.value)) return;
      expect(judged(outcome, expected).verdict).toBe('error');
    })
  );
});

test('a measured server is fail, pass or inconclusive', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1 }), (samples) => {
      const row = judged(measured(samples));
      const short = row.shortfalls.length > 0;
      expect(row.verdict === 'fail').toBe(short);
      if (row.verdict === 'pass') expect(row.measurements[0]!.value).toBeGreaterThanOrEqual(50);
      if (short) expect(row.measurements[0]!.value).toBeLessThan(50);
    })
  );
});

describe('evidence', () => {
  const noisy = 'other programs used 42 % of all CPU time (limit 15 %)';
  const withEvidence = (samples: readonly number[], doubts: readonly (string | null)[]): BenchmarkResult => {
    return { ...measured(samples), evidence: doubts.map((doubt) => ({ ...quietEvidence, doubt })) };
  };

  test('with a doubt makes a shortfall inconclusive, and is the reason', () => {
    const row = judged(withEvidence([20, 21, 22], [noisy, noisy, noisy]));
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'Inconclusive' }, shortfalls: [] });
    expect(row.reason).toBe(`cpu.score 21 of >= 50 points (42 %), but ${noisy}`);
    expect(row.evidence?.doubtful).toBe(3);
  });

  test('does not excuse a shortfall of the samples without a doubt', () => {
    expect(judged(withEvidence([20, 21, 22], [noisy, null, noisy])).verdict).toBe('fail');
    const row = judged(withEvidence([20, 60, 21], [noisy, null, noisy]), { 'cpu.score': { min: 50, tolerance: 9 } });
    expect(row.reason).toBe(`cpu.score 21 of >= 50 points (42 %), but in 2 of its 3 samples ${noisy}`);
  });

  test('of a quiet machine, or no evidence, does not change a failure', () => {
    expect(judged(withEvidence([20], [null])).verdict).toBe('fail');
    expect(judged({ ...measured([20]), evidence: [null] })).toMatchObject({ verdict: 'fail', evidence: null });
  });

  test('does not excuse wrong results, nor does the median: a single one fails', () => {
    const errors = { metric: 'burn.errors', unit: 'errors', better: 'lower', device: null } as const;
    const judgedErrors = (...values: number[]) => {
      const measurements = summarize(values.map((value) => ({ ...errors, value })));
      return judge('burn', { ...withEvidence([], [noisy]), measurements }, { 'burn.errors': { max: 0 } });
    };
    expect(judgedErrors(0, 3, 0)).toMatchObject({
      ...{ verdict: 'fail', error: null, reason: 'burn.errors 3 of <= 0 errors' },
      measurements: [{ value: 0, samples: 3 }],
    });
    expect(judgedErrors(0, 0, 0).verdict).toBe('pass');
    expect(judgedErrors(0, Infinity, 0)).toMatchObject({ verdict: 'error', error: { type: 'UnreadableOutput' } });
  });

  describe.each([
    { metric: 'gpu.devices', unit: 'devices' },
    { metric: 'gpu.boards', unit: 'devices' },
    { metric: 'gpu.ok', unit: 'gpus', exact: true as const },
  ])('of $metric, a count in $unit,', (about) => {
    const judgedCounts = (evidence: readonly (string | null)[], ...values: number[]) => {
      const counts = values.map((value) => ({ ...about, better: 'higher', device: null, value }) as const);
      const result = { ...withEvidence([], evidence), measurements: summarize(counts) };
      return judge('gpu', result, { [about.metric]: { min: 16 } });
    };

    test('one of sixteen missing in one sample is a contradiction, within any tolerance', () => {
      expect(judgedCounts([], 16, 15, 16).error?.type).toBe('Inconclusive');
      expect(judgedCounts([], 16, 16, 16).verdict).toBe('pass');
      expect(judgedCounts([], 15, 15, 15).verdict).toBe('fail');
    });

    test('a doubt does not excuse a missing device', () => {
      expect(judgedCounts([noisy], 15).verdict).toBe('fail');
    });

    test('the row says whether it is a count in another unit', () => {
      const { measurements, shortfalls } = judgedCounts([], 15);
      expect([measurements[0]!.exact, shortfalls[0]!.exact]).toEqual([about.exact, about.exact]);
    });
  });

  test('of an unknown sample makes the whole measurement doubtful', () => {
    expect(judged({ ...withEvidence([20, 20], [noisy, null, null]) }).error?.type).toBe('Inconclusive');
  });

  test('only ever turns a failure into inconclusive', () => {
    const sample = fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(noisy, null));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 9 }), (samples) => {
        const [values, doubts] = [samples.map(([value]) => value), samples.map(([, doubt]) => doubt)];
        const [plain, seen] = [judged(measured(values)), judged(withEvidence(values, doubts))];
        if (seen.verdict === plain.verdict) return;
        expect([plain.verdict, seen.verdict, seen.error?.type]).toEqual(['fail', 'error', 'Inconclusive']);
        expect(doubts).toContain(noisy);
      })
    );
  });
});

test('a fault of a device is a failure whatever the numbers say, and is told first, in the words of the tool', () => {
  const devices = [{ device: 3, address: '0000:c1:00.0', uuid: null, name: 'NVIDIA A100', isPartitioned: false }];
  const faults = [{ says: 'wrong results', device: 3, text: 'GPU 3: FAULTY' }];
  const row = judged({ ...measured([90, 91]), devices, faults });
  const reason = 'cpu on device 3 (0000:c1:00.0): wrong results: "GPU 3: FAULTY"';
  expect(row).toMatchObject({ verdict: 'fail', reason, error: null });
  expect(shortfallAdvice(row.shortfalls[0]!).kind).toBe('WrongResult');
  const slow = judged({ ...measured([9]), faults: [{ says: 'it exited with 1', device: null, text: '' }] });
  expect(slow.reason).toBe('cpu: it exited with 1; cpu.score 9 of >= 50 points (18 %)');
  expect(judged({ ...failed('UnreadableOutput'), faults }, {}).verdict).toBe('fail');
});

test('a device without a number is told by its name, and is no device that other metrics lack', () => {
  const path = (metric: string, device: number, value: number) =>
    ({ metric, unit: 'GB/s', better: 'higher', device, value }) as const;
  const measurements = summarize([
    path('cpu.h2d', 0, 25),
    path('cpu.h2d', 1, 25),
    path('cpu.d2d', FIRST_NAMED_DEVICE, 9),
  ]);
  const name = { device: FIRST_NAMED_DEVICE, address: null, uuid: null, name: '0 > 1', isPartitioned: false };
  const row = judge('cpu', { ...measured([]), measurements, devices: [name] }, { 'cpu.d2d': { min: 20 } });
  expect(row).toMatchObject({ error: null, reason: 'cpu.d2d of device 0 > 1: 9 of >= 20 GB/s (45 %)' });
});
