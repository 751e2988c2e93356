import { describe, expect, test } from 'vitest';
import { catalogue as tools, activityOf, kindsOf, knownTools } from '../../src/benchmarks/catalogue.ts';
import { chooseTool } from '../../src/benchmarks/choose-tool.ts';
import { clpeak } from '../../src/benchmarks/clpeak.ts';
import { openssl } from '../../src/benchmarks/openssl.ts';
import { sysbench } from '../../src/benchmarks/sysbench.ts';
import { summaryOf } from '../../src/benchmarks/tool.ts';
import { machine, settings } from './recorded.ts';

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

  test('lists the metrics that are counts as exact', () => {
    const exact = knownTools(tools).flatMap(({ metrics }) => metrics.filter((each) => each.exact));
    expect(exact).toEqual([{ metric: 'gpu.devices', unit: 'devices', better: 'higher', exact: true }]);
  });

  test('the catalogue has the metrics, requirements and minimum timeout of each benchmark', () => {
    const kinds = kindsOf(tools).map(({ metrics, ...kind }) => ({ ...kind, units: metrics.map(({ unit }) => unit) }));
    expect(kinds).toEqual([
      { benchmark: 'cpu', byDefault: true, needsGpus: false, minTimeoutMs: 60_000, units: ['events/s', 'MB/s'] },
      {
        benchmark: 'gpu',
        byDefault: true,
        needsGpus: true,
        minTimeoutMs: 300_000,
        units: ['devices', 'GFLOPS', 'GB/s'],
      },
    ]);
  });

  test('a summary has the number of samples, and their duration if the tool is timed', () => {
    expect(tools.map((tool) => summaryOf(tool, settings))).toEqual([
      ...['sysbench, 3 x 10 s', 'openssl, 3 x 10 s', 'clpeak, 3 samples'],
    ]);
    expect(summaryOf(sysbench, { ...settings, durationMs: 200 })).toBe('sysbench, 3 x 1 s');
    expect(summaryOf(clpeak, { ...settings, samples: 1 })).toBe('clpeak, 1 sample');
  });

  test.each([
    ['cpu', 'benchmarkCpu'],
    ['gpu', 'benchmarkGpu'],
    ['disk', 'benchmarkDisk'],
    ['disk-io', 'benchmarkDiskIo'],
    ['nccl_all_reduce', 'benchmarkNcclAllReduce'],
  ])('%s is measured by the activity %s', (benchmark, activity) => {
    expect(activityOf(benchmark)).toBe(activity);
  });
});

describe('without expectations', () => {
  test('the first installed tool is used', () => {
    expect(chooseTool(tools, 'cpu', {}, on('openssl', 'sysbench'))).toEqual({ tool: sysbench });
    expect(chooseTool(tools, 'cpu', {}, on('openssl'))).toEqual({ tool: openssl });
    expect(chooseTool(tools, 'gpu', {}, on('clpeak', 'clinfo'))).toEqual({ tool: clpeak });
  });

  test('no installed tool is ToolMissing, with the command that installs the preferred one', () => {
    expect(chooseTool(tools, 'cpu', {}, on())).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'cpu needs sysbench or openssl, not found on this server: apt-get install sysbench',
      },
    });
    expect(chooseTool(tools, 'gpu', {}, on('clpeak'))).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'gpu needs clpeak with clinfo, not found on this server: apt-get install clpeak clinfo',
      },
    });
  });

  test('a benchmark without tools and without a command is InvalidConfig', () => {
    expect(chooseTool(tools, 'burn', {}, on('sysbench'))).toMatchObject({ unavailable: { type: 'InvalidConfig' } });
  });
});

describe('an expected metric', () => {
  test('selects its tool, even if another one is preferred', () => {
    expect(chooseTool(tools, 'cpu', sha256, on('sysbench', 'openssl'))).toEqual({ tool: openssl });
    expect(chooseTool(tools, 'cpu', events, on('sysbench', 'openssl'))).toEqual({ tool: sysbench });
  });

  test('is never measured by another tool', () => {
    expect(chooseTool(tools, 'cpu', events, on('openssl'))).toEqual({
      unavailable: {
        type: 'ToolMissing',
        message: 'cpu.events_per_second needs sysbench, not found on this server: apt-get install sysbench',
      },
    });
  });

  test('names only the program that is missing', () => {
    expect(chooseTool(tools, 'gpu', { 'gpu.devices': { min: 8 } }, on('clpeak'))).toMatchObject({
      unavailable: { message: 'gpu.devices needs clinfo, not found on this server: apt-get install clpeak clinfo' },
    });
  });

  test.each([
    ['dnf', 'dnf install sysbench'],
    ['pacman', 'pacman -S sysbench'],
    ['apk', 'install sysbench'],
    [null, 'install sysbench'],
  ])('with the package manager %s, the advice is: %s', (packageManager, advice) => {
    expect(chooseTool(tools, 'cpu', events, { ...on(), packageManager })).toMatchObject({
      unavailable: { message: `cpu.events_per_second needs sysbench, not found on this server: ${advice}` },
    });
  });

  test('of a second tool is InvalidConfig', () => {
    expect(chooseTool(tools, 'cpu', { ...events, ...sha256 }, on('sysbench', 'openssl'))).toEqual({
      unavailable: {
        type: 'InvalidConfig',
        message:
          'one tool measures cpu, but the expected metrics need several: cpu.events_per_second by sysbench; cpu.sha256_mb_per_second by openssl',
      },
    });
  });

  test('that no tool measures is InvalidConfig', () => {
    expect(chooseTool(tools, 'cpu', { 'cpu.bogomips': { min: 1 } }, on('sysbench'))).toEqual({
      unavailable: { type: 'InvalidConfig', message: 'cpu.bogomips is expected, but no tool of cpu measures it' },
    });
  });
});
