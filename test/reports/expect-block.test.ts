import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { limitsOf, reaches } from '../../src/domain/expectation.ts';
import type { ServerRow } from '../../src/domain/server-row.ts';
import { expectBlock } from '../../src/reports/expect-block.ts';
import { events, exampleReport, gflops, judgedServer, outcome, reportOf } from './example-report.ts';

function measuredServer(serverId: string, hardwareClass: string, ...samples: number[]): ServerRow {
  return { ...judgedServer(serverId, { cpu: outcome(events(...samples)) }, {}), hardwareClass };
}

function read(block: string | null): Record<string, Record<string, { reference: number; tolerance: string }>> {
  return (parse(block ?? '') as { expect: ReturnType<typeof read> }).expect;
}

test('holds each class to the median of its servers, and names the server that falls out', () => {
  const devices = (count: number) => [
    { metric: 'gpu.devices', unit: 'devices', better: 'higher' as const, device: null, value: count },
  ];
  const gpuServer = (id: string, ...byDevice: number[]): ServerRow => ({
    ...judgedServer(id, { gpu: outcome([...gflops(...byDevice), ...devices(byDevice.length)]) }, {}),
    hardwareClass: 'h100x2',
  });
  const servers = [
    ...[8012.4, 8101, 7950, 3912].map((value, index) => measuredServer(`web-${index + 1}`, 'default', value)),
    ...[gpuServer('gpu-1', 46_012, 45_200), gpuServer('gpu-2', 45_900, 45_700), gpuServer('gpu-3', 45_600)],
  ];
  expect(expectBlock(reportOf(servers))).toMatchInlineSnapshot(`
    "expect:
      default:
        cpu.events_per_second: { reference: 7980, tolerance: 10% } # events/s, 4 servers
        # web-4 is out of this range: 3,912
      h100x2:
        gpu.fp32_gflops: { reference: 45600, tolerance: 10% } # GFLOPS, 3 servers
        gpu.devices: { min: 2 } # devices, 3 servers
        # gpu-3 is out of this range: 1
    "
  `);
});

test('there is none where everything measured was expected already', () => {
  expect(expectBlock(reportOf([judgedServer('web-1', { cpu: outcome(events(8000)) })]))).toBeNull();
  expect(expectBlock(reportOf([]))).toBeNull();
});

test('only benchmarks of which nothing was expected are in it', () => {
  expect(read(expectBlock(exampleReport))).toEqual({
    default: { 'cpu.events_per_second': { reference: 9100, tolerance: '10%' } },
  });
});

test('samples that differ widen the tolerance', () => {
  const block = read(expectBlock(reportOf([measuredServer('web-1', 'default', 100, 110, 125)])));
  expect(block['default']!['cpu.events_per_second']).toEqual({ reference: 110, tolerance: '23%' });
});

test('every server that is not named in a comment would pass', () => {
  const values = fc.array(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(values, (of) => {
      const block = expectBlock(reportOf(of.map((value, index) => measuredServer(`s${index}`, 'default', value))));
      const { reference, tolerance } = read(block)['default']!['cpu.events_per_second']!;
      const [limit] = limitsOf({ reference, tolerance: Number.parseFloat(tolerance) / 100 }, 'higher');
      for (const [index, value] of of.entries()) {
        // A hair's breadth of rounding lies between percent and fraction.
        const passes = reaches(value * (1 + 1e-9), limit!);
        expect(passes || block!.includes(`# s${index} is out of this range`)).toBe(true);
      }
    })
  );
});

test('whatever a class or metric is called, the block is YAML that says so', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => /^\S+$/.test(text));
  fc.assert(
    fc.property(name, (hardwareClass) => {
      const block = read(expectBlock(reportOf([measuredServer('web-1', hardwareClass, 100)])));
      expect(Object.keys(block)).toEqual([hardwareClass]);
    }),
    { examples: [['true'], ['12'], ['a:'], ['#'], ['__proto__'], ['null'], ['1.5'], ["'"]] }
  );
});
