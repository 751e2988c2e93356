import { describe, expect, test } from 'vitest';
import { advice } from '../../../src/domain/failures/failure.ts';
import { shortfallAdvice, worstBenchmarksFirst } from '../../../src/domain/verdicts/shortfall-advice.ts';

/** `burn.errors 3 of <= 0 errors` */
function adviceFor(shortfall: string): [string, string] {
  const [metric = '', measured, , comparison, expected, ...unit] = shortfall.split(' ');
  const { kind, advice } = shortfallAdvice({
    ...{ metric, device: null, measured: Number(measured), expected: Number(expected), unit: unit.join(' ') },
    comparison: comparison as '>=' | '<=',
  });
  return [kind, advice];
}

test.each([
  'burn.errors 3 of <= 0 errors',
  'burn.xids 1 of <= 0 events',
  'burn.wrong 2 of <= 0 ',
  'memtest.ecc_corrected 90 of <= 10 events',
  'hpl.residual_failures 1 of <= 0 %',
  'gpu.mismatches 4 of <= 1 words',
  'score.value 9 of <= 5 bit errors',
  'burn.ecc 9 of <= 5 errors/s',
  'burn.ecc_errors_per_second 9 of <= 5 1/s',
  'memtest.errors 9 of <= 5 bitflips',
])('too many errors are a wrong result, with other advice than cooling: %s', (text) => {
  expect(adviceFor(text)).toEqual(['WrongResult', advice.WrongResult]);
});

test('too few GPUs are a missing device', () => {
  for (const text of ['gpu.devices 3 of >= 4 devices', 'burn.boards 3 of >= 4 devices'])
    expect(adviceFor(text)).toEqual(['DeviceMissing', advice.DeviceMissing]);
  expect(adviceFor('burn.devices 3 of >= 4 points')[0]).toBe('PerformanceBelowExpected');
});

test('less than expected of a count in another unit is something that its output shows, and not a matter of cooling', () => {
  const found = { metric: 'burn.ok', device: null, measured: 15, expected: 16, unit: 'gpus', exact: true } as const;
  const { kind, advice } = shortfallAdvice({ ...found, comparison: '>=' });
  expect([kind, advice]).toEqual(['PerformanceBelowExpected', expect.stringMatching(/raw output/)]);
  const errors = { ...found, metric: 'burn.errors', measured: 3, expected: 0, comparison: '<=' } as const;
  expect(shortfallAdvice(errors).kind).toBe('WrongResult');
});

test.each([
  'cpu.events_per_second 3912 of >= 7200 events/s',
  'gpu.fp32_gflops 1 of >= 45000 GFLOPS',
  'gpu.memory_gb_per_second 1 of >= 2600 GB/s',
  'burn.score 1 of >= 50 points',
])('the advice for a slow processor is cooling, clocks and load: %s', (text) => {
  expect(adviceFor(text)).toEqual(['PerformanceBelowExpected', advice.PerformanceBelowExpected]);
});

describe('the advice for other metrics fits their names and units', () => {
  test.each<[string, RegExp]>([
    ['burn.gpu_max 91 of <= 85 °C', /fans, filters/],
    ['burn.temperature 91 of <= 85 degrees', /fans, filters/],
    ['burn.draw 750 of <= 700 W', /power limits/],
    ['burn.throttled 12 of <= 0 ms', /cooling, clocks/],
    ['burn.hw_slowdowns 3 of <= 0 events', /cooling, clocks/],
    ['cpu.steal 12 of <= 0 %', /above its maximum: compare/],
    ['net.rtt 90 of <= 20 us', /link speed/],
    ['iperf.throughput 3 of >= 9 Gbit/s', /link speed/],
    ['ping.loss 3 of <= 0 %', /link speed/],
    ['net.retransmits 90 of <= 0 segments', /link speed/],
    ['disk.write 90 of >= 500 MB/s', /disk health/],
    ['fio.p99 90 of <= 20 ms', /disk health/],
    ['stream.triad 90 of >= 500 GB/s', /memory channels/],
    ['memory.bandwidth 90 of >= 500 GB/s', /memory channels/],
    ['memory.latency 130 of <= 90 ns', /memory channels/],
    ['build.time 90 of <= 20 s', /what the benchmark waits for/],
    ['cpu.events_per_second 9000 of <= 8800 events/s', /above its maximum: check the hardware class/],
    ['burn.score 9 of <= 5 points', /above its maximum: compare/],
  ])('%s', (text, words) => {
    const [kind, advice] = adviceFor(text);
    expect(kind).toBe('PerformanceBelowExpected');
    expect(advice).toMatch(words);
  });
});

test.each([
  'stress.page_faults 900 of <= 500 faults',
  'stress.major_faults 1 of <= 0 events',
  'crc.time 90 of <= 20 s',
  'zfs.crc_speed 9 of <= 8 GB/s',
  'ecc.sign 900 of <= 800 kops/s',
  'clock.error 9 of <= 5 us',
  'bad_blocks.scan_temperature 60 of <= 50 °C',
])('a metric that does not count errors is not a wrong result, for any name: %s', (text) => {
  expect(adviceFor(text)[0]).toBe('PerformanceBelowExpected');
});

test('a word within another word does not count', () => {
  expect(adviceFor('terror.badge 1 of >= 50 points')[1]).toBe(advice.PerformanceBelowExpected);
  expect(adviceFor('cpu.errands 9 of <= 5 points')[1]).toMatch(/above its maximum: compare/);
});

test('benchmarks are sorted by what is wrong: wrong results, other failures, errors, and the rest', () => {
  const nothing = { reason: null, tool: null, seconds: null, measurements: [], shortfalls: [], evidence: null };
  const error = { type: 'UnreadableOutput', message: 'no number' };
  const errors = {
    metric: 'ram.errors',
    device: null,
    unit: 'errors',
    comparison: '<=',
    measured: 1,
    expected: 0,
  } as const;
  const rows = [
    { ...nothing, benchmark: 'good', verdict: 'pass', error: null },
    { ...nothing, benchmark: 'unread', verdict: 'measured', error },
    { ...nothing, benchmark: 'broken', verdict: 'error', error },
    { ...nothing, benchmark: 'slow', verdict: 'fail', error: null },
    { ...nothing, benchmark: 'wrong', verdict: 'fail', error: null, shortfalls: [errors] },
  ] as const;
  const sorted = worstBenchmarksFirst(
    rows.map((row) => ({ ...row, shortfalls: [...row.shortfalls], measurements: [] }))
  );
  expect(sorted.map(({ benchmark }) => benchmark)).toEqual(['wrong', 'slow', 'broken', 'unread', 'good']);
});
