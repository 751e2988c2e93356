import { describe, expect, test } from 'vitest';
import { openssl } from '../../src/benchmarks/openssl.ts';
import { machine, readings, recorded, refusal, settings, staysSound } from './recorded.ts';

const real = recorded('openssl/multi-2.txt');
const total = '+F:25:sha256:3554787328.00\n';

describe('openssl', () => {
  test('measures elapsed time, on every CPU that may be used', () => {
    expect(openssl.command(settings, machine)).toBe(
      'openssl version; openssl speed -elapsed -mr -seconds 10 -bytes 16384 -multi 2 -evp sha256'
    );
    expect(openssl.summary({ ...settings, durationMs: 3_000 })).toBe('openssl, 3 x 3 s');
  });

  test.each([
    ['multi-1.txt', '3.0.19', 1785.020416],
    ['multi-2.txt', '3.0.19', 3554.787328],
    ['multi-2-with-stderr.txt', null, 3138.02205866],
  ])('reads the sum of all processes in %s', (fixture, version, value) => {
    expect(readings(openssl, recorded(`openssl/${fixture}`))).toEqual({
      version,
      readings: [{ metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', better: 'higher', device: null, value }],
    });
  });

  test('takes no process for the sum of all', () => {
    expect(refusal(openssl, real.replace(total, ''))).toMatch(/^openssl speed printed no total /);
  });

  test('refuses an output that was cut anywhere before its total', () => {
    const end = real.indexOf(total) + '+F:25:sha256:'.length;
    for (let length = 0; length <= end; length += 1) refusal(openssl, real.slice(0, length));
  });

  test('refuses several block sizes, zero, and what is not a number', () => {
    expect(refusal(openssl, recorded('openssl/all-sizes.txt'))).toContain('not a number above 0');
    for (const number of ['0.00', '-5', 'inf', 'nan', '1e999', ''])
      expect(refusal(openssl, real.replace('3554787328.00', number))).toContain('not a number above 0');
  });

  test('refuses the total of another algorithm', () => {
    expect(refusal(openssl, real.replace(total, '+F:8:md5:3554787328.00\n'))).toMatch(/no total/);
  });

  test('answers a number or UnreadableOutput, whatever it is given', () => {
    staysSound(openssl, real);
  });
});
