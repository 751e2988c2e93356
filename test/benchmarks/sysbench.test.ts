import { describe, expect, test } from 'vitest';
import { sysbench } from '../../src/benchmarks/sysbench.ts';
import { machine, readings, recorded, refusal, settings, neverMisreads } from './recorded.ts';

const real = recorded('sysbench/cpu-2-threads.txt');
const line = '    events per second:  1722.30\n';

describe('sysbench', () => {
  test('runs on all allowed CPUs, for the configured duration, with a pinned prime limit', () => {
    expect(sysbench.command(settings, { ...machine, cpus: 96 })).toBe(
      'sysbench cpu --cpu-max-prime=20000 --threads=96 --time=10 run'
    );
    expect(sysbench.command({ ...settings, durationMs: 200 }, machine)).toContain('--time=1 ');
  });

  test.each([
    ['cpu-1-thread.txt', 1532.32],
    ['cpu-2-threads.txt', 1722.3],
    ['cpu-2-threads-10-seconds.txt', 7835.47],
  ])('reads %s', (fixture, value) => {
    expect(readings(sysbench, recorded(`sysbench/${fixture}`))).toEqual({
      version: '1.0.20',
      readings: [{ metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', device: null, value }],
    });
  });

  test('works without a version line', () => {
    expect(readings(sysbench, line)).toMatchObject({ version: null, readings: [{ value: 1722.3 }] });
  });

  test('rejects an output whose result line is missing, duplicate, or of another test', () => {
    expect(refusal(sysbench, real.replace(line, ''))).toMatch(
      /^sysbench printed 0 "events per second" lines, not 1; stdout "/
    );
    expect(refusal(sysbench, real.replace(line, line + line))).toMatch(/^sysbench printed 2 /);
    expect(refusal(sysbench, recorded('sysbench/memory.txt'))).toMatch(/printed 0 /);
    expect(refusal(sysbench, '')).toBe('sysbench printed 0 "events per second" lines, not 1; it printed nothing');
  });

  test('rejects an output that is truncated before its value', () => {
    const end = real.indexOf('1722.30');
    for (let length = 0; length <= end; length += 1) refusal(sysbench, real.slice(0, length));
  });

  test.each(['0.00', '-1722.30', 'inf', 'nan', '1e999', '1,722.30', '', '1722.30 or so'])(
    'rejects %j events',
    (number) => {
      expect(refusal(sysbench, real.replace('1722.30', number))).toContain('not a number above 0');
    }
  );

  test('shows an unexpected output without control characters', () => {
    expect(refusal(sysbench, '\x1b]0;pwned\x07FATAL: \u202eno such test')).toContain(
      'stdout "]0;pwned FATAL: no such test"'
    );
  });

  test('returns a value or UnreadableOutput, for any output', () => {
    neverMisreads(sysbench, real);
  });
});
