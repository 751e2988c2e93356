import { describe, expect, test } from 'vitest';
import { chooseTool, metricsOf, tools } from '../../src/benchmarks/catalogue.ts';
import { clpeak } from '../../src/benchmarks/clpeak.ts';
import { openssl } from '../../src/benchmarks/openssl.ts';
import { sysbench } from '../../src/benchmarks/sysbench.ts';
import { isCount } from '../../src/domain/measurements/measurement.ts';
import { machine } from './recorded.ts';

const events = { 'cpu.events_per_second': { reference: 8000, tolerance: 0.1 } };
const sha256 = { 'cpu.sha256_mb_per_second': { min: 3000 } };

function on(...executables: string[]) {
  return { ...machine, executables };
}

describe('the catalogue', () => {
  test('names every tool and every metric once', () => {
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    const metrics = tools.flatMap((tool) => tool.metrics.map(({ metric }) => metric));
    expect(new Set(metrics).size).toBe(metrics.length);
  });

  test.each(tools.map((tool) => [tool.name, tool] as const))('%s measures metrics of its own benchmark', (_, tool) => {
    expect(tool.metrics.length).toBeGreaterThan(0);
    for (const { metric } of tool.metrics) expect(metric).toMatch(new RegExp(`^${tool.benchmark}\\.[a-z0-9_]+$`));
  });

  test('calls exact what is a count wherever only the name of a metric is known', () => {
    for (const { metric, exact = false } of tools.flatMap((tool) => tool.metrics)) {
      expect([metric, isCount(metric)]).toEqual([metric, exact]);
    }
  });

  test('knows what a benchmark can measure', () => {
    expect(metricsOf('cpu').map(({ metric }) => metric)).toEqual(['cpu.events_per_second', 'cpu.sha256_mb_per_second']);
    expect(metricsOf('gpu').map(({ unit }) => unit)).toEqual(['devices', 'GFLOPS', 'GB/s']);
    expect(metricsOf('burn')).toEqual([]);
  });
});

describe('with nothing expected', () => {
  test('the first tool that is there is used', () => {
    expect(chooseTool('cpu', {}, on('openssl', 'sysbench'))).toEqual({ tool: sysbench });
    expect(chooseTool('cpu', {}, on('openssl'))).toEqual({ tool: openssl });
    expect(chooseTool('gpu', {}, on('clpeak', 'clinfo'))).toEqual({ tool: clpeak });
  });

  test('no tool at all is ToolMissing, with the command that installs the preferred one', () => {
    expect(chooseTool('cpu', {}, on())).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'cpu needs sysbench or openssl, not found on this server: apt-get install sysbench',
      },
    });
    expect(chooseTool('gpu', {}, on('clpeak'))).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'gpu needs clpeak with clinfo, not found on this server: apt-get install clpeak clinfo',
      },
    });
  });

  test('a benchmark without tools and without a command says so', () => {
    expect(chooseTool('burn', {}, on('sysbench'))).toMatchObject({ unavailable: { type: 'InvalidConfig' } });
  });
});

describe('an expected metric', () => {
  test('selects its tool, whatever is preferred', () => {
    expect(chooseTool('cpu', sha256, on('sysbench', 'openssl'))).toEqual({ tool: openssl });
    expect(chooseTool('cpu', events, on('sysbench', 'openssl'))).toEqual({ tool: sysbench });
  });

  test('is never measured by another tool', () => {
    expect(chooseTool('cpu', events, on('openssl'))).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'cpu.events_per_second needs sysbench, not found on this server: apt-get install sysbench',
      },
    });
  });

  test('names only the program that is missing', () => {
    expect(chooseTool('gpu', { 'gpu.devices': { min: 8 } }, on('clpeak'))).toMatchObject({
      unavailable: { message: 'gpu.devices needs clinfo, not found on this server: apt-get install clpeak clinfo' },
    });
  });

  test.each([
    ['dnf', 'dnf install sysbench'],
    ['pacman', 'pacman -S sysbench'],
    ['apk', 'install sysbench'],
    [null, 'install sysbench'],
  ])('with the package manager %s, the advice is: %s', (packageManager, advice) => {
    expect(chooseTool('cpu', events, { ...on(), packageManager })).toMatchObject({
      unavailable: { message: `cpu.events_per_second needs sysbench, not found on this server: ${advice}` },
    });
  });

  test('of two tools at once is a mistake in the configuration', () => {
    expect(chooseTool('cpu', { ...events, ...sha256 }, on('sysbench', 'openssl'))).toEqual({
      unavailable: {
        type: 'InvalidConfig',
        message:
          'one tool measures cpu, but metrics of several are expected: cpu.events_per_second by sysbench; cpu.sha256_mb_per_second by openssl',
      },
    });
  });

  test('that no tool measures is a mistake in the configuration', () => {
    expect(chooseTool('cpu', { 'cpu.bogomips': { min: 1 } }, on('sysbench'))).toEqual({
      unavailable: { type: 'InvalidConfig', message: 'cpu.bogomips is expected, but no tool of cpu measures it' },
    });
  });
});
