import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUT_MARK } from '../../src/domain/jobs/output-limit.ts';
import { readCommand } from '../../src/outputs/read-command.ts';
import { outputOf, realReader } from './command-of.ts';
import { documented, recorded } from './documented.ts';

const recordings: [benchmark: string, file: string][] = [
  ['burn', 'gpu-burn-2-ok.txt'],
  ['burn', 'gpu-burn-16-faulty.txt'],
  ['links', 'nvbandwidth-8-gpus.txt'],
  ['links', 'nvbandwidth-6-gpus.txt'],
  ['links', 'nvbandwidth-all-tests.txt'],
  ['links_json', 'nvbandwidth-2-gpus.json'],
  ['diagnostics', 'dcgm-diag.txt'],
  ['nccl', 'nccl-all-reduce.txt'],
  ['hash', 'hashcat-b-sha256-pocl-text.txt'],
  ['hash', 'hashcat-2-gpus.txt'],
  ['stream', 'stream.txt'],
  ['hpl', 'hpl.txt'],
  ['stress_text', 'stress-ng-cpu-matrixprod.txt'],
  ['copy', 'mbw-256.txt'],
  ['zip', '7z-b.txt'],
  ['disk', 'fio-randread.json'],
  ['disk', 'fio-two-jobs-after-a-note.txt'],
  ['net', 'iperf3-loopback.json'],
];

/** What another process writes in between: a line, with and without the end of the line that it interrupts. */
const others = ['[warning] 7 retries\n', '\n[warning] 7 retries\n'];

/** Here a number ends the line and the output, so that no pattern can tell a whole one. */
const endsWithNumber = ['zip'];

/** The numbers that are read from a text, without counts: they are of what is there. */
function numbersIn(benchmark: string): (text: string) => number[] {
  const output = outputOf(JSON.stringify({ ...documented[benchmark], read: 'stdout' }));
  const counts = new Set(output.metrics.filter(({ take }) => take === 'count').map(({ metric }) => metric));
  return (text) =>
    readCommand(output, { stdout: text, stderr: '' }, realReader())
      .readings.filter(({ metric }) => !counts.has(metric))
      .map(({ value }) => value);
}

/** The numbers that a person finds in a text. */
function written(text: string): Set<number> {
  return new Set((text.match(/[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g) ?? []).map(Number));
}

describe.each(recordings)('%s in %s', (benchmark, file) => {
  const whole = recorded(file);
  const read = numbersIn(benchmark);
  const known = new Set([...written(whole), ...read(whole)]);

  test('has no other number if it ends anywhere', () => {
    const ends = [...whole].keys();
    const others = [...ends].flatMap((end) => read(whole.slice(0, end)).filter((number) => !known.has(number)));
    expect(others).toEqual([]);
  });

  test('has no other number if its middle is not kept', () => {
    const place = fc.integer({ min: 0, max: whole.length });
    fc.assert(
      fc.property(place, place, (head, tail) => {
        const kept = `${whole.slice(0, head)}\n${CUT_MARK}\n${whole.slice(Math.max(head, tail))}`;
        expect(read(kept).filter((number) => !known.has(number))).toEqual([]);
      }),
      { numRuns: 300 }
    );
  });

  test.skipIf(endsWithNumber.includes(benchmark))('has no other number if a line of another process is in it', () => {
    const place = fc.integer({ min: 0, max: whole.length });
    fc.assert(
      fc.property(place, fc.constantFrom(...others), (at, line) => {
        const found = read(whole.slice(0, at) + line + whole.slice(at)).filter((number) => !known.has(number));
        expect(found).toEqual([]);
      }),
      { numRuns: 500 }
    );
  });
});
