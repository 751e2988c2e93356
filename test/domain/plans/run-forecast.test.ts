import { expect, test } from 'vitest';
import type { KnownTool } from '../../../src/domain/measurements/known-tool.ts';
import { forecastRun } from '../../../src/domain/plans/run-forecast.ts';
import { configurationOf, scoreBenchmark, outputWith } from '../../support/configuration.ts';

function tool(name: string, benchmark: string, metric: string, timed: boolean): KnownTool {
  const metrics = [{ metric, unit: 'x', better: 'higher' as const }];
  return { benchmark, tool: name, timed, executables: [name], packages: {}, metrics };
}

const tools = [
  tool('sysbench', 'cpu', 'cpu.events_per_second', true),
  tool('openssl', 'cpu', 'cpu.sha256_mb_per_second', true),
  tool('clpeak', 'gpu', 'gpu.devices', false),
];
const ofTool = { command: null, samples: 3, durationMs: 10_000 };
const cpu = scoreBenchmark('cpu', ofTool);
const gpu = scoreBenchmark('gpu', { ...ofTool, timeoutMs: 300_000 });

function forecast(count: number, { maxParallel = 5, benchmarks = [cpu], measureOnly = false, skipped = {} } = {}) {
  const servers = Array.from({ length: count }, (_, index) => `web-${index + 1}`);
  const expect = { 'cpu.events_per_second': { min: 1 } };
  const configuration = configurationOf({ servers, benchmarks, expect });
  const selection = { limit: null, sample: null, seed: null, of: count };
  const names = benchmarks.map(({ benchmark }) => benchmark);
  const selected = { serverIds: servers, selection, skipped, benchmarks: names, maxParallel, measureOnly };
  return forecastRun(configuration, selected, tools);
}

test('likely: samples times duration, servers in rounds of maxParallel', () => {
  const { perServer, run } = forecast(11);
  expect(perServer.likelySeconds).toBe(30);
  expect(run.likelySeconds).toBe(90); // 11 servers, 5 at a time: 3 rounds
  expect(forecast(11, { maxParallel: 11 }).run.likelySeconds).toBe(30);
  expect(forecast(11, { maxParallel: 1 }).run.likelySeconds).toBe(330);
});

test('a second id of a machine is listed as skipped, and takes no time', () => {
  const skipped = { 'web-2': 'the same machine as web-1 (10.0.0.1:22)' };
  expect(forecast(6, { skipped })).toMatchObject({ requested: 6, skipped, run: { likelySeconds: 30 } });
});

test('at most: connecting and cleaning up, and each benchmark twice with all its limits', () => {
  const { benchmarks, perServer, run } = forecast(6, { benchmarks: [cpu, gpu] });
  // 3 samples of 60 s and 300 s; each has 60 s to answer, 1 s of grace and 60 s for everything else
  expect(benchmarks.map(({ mostSeconds }) => mostSeconds)).toEqual([421, 1141]);
  expect(perServer.mostSeconds).toBe(602 + 120 + 60 + 2 * (421 + 1141));
  expect(run.mostSeconds).toBe(2 * perServer.mostSeconds);
});

test('lists the tools of a benchmark, and the tool that the expectations of a class select', () => {
  const burn = scoreBenchmark('burn');
  const { benchmarks, perServer } = forecast(1, { benchmarks: [cpu, gpu, burn] });
  expect(benchmarks).toMatchObject([
    { tools: ['sysbench', 'openssl'], sampleSeconds: 10, expected: [{ hardwareClass: 'default', tool: 'sysbench' }] },
    { tools: ['clpeak'], sampleSeconds: null, expected: [] },
    { tools: ['command'], sampleSeconds: null, expected: [] },
  ]);
  expect(perServer.likelySeconds).toBe(30);
  expect(forecast(1, { measureOnly: true }).benchmarks[0]?.expected).toEqual([]);
});

test('the duration of a benchmark is known only if it has tools, and all of them are timed', () => {
  const secondsOf = (...own: KnownTool[]) => {
    const configuration = configurationOf({ servers: ['web-1'], benchmarks: [cpu] });
    const selection = { limit: null, sample: null, seed: null, of: 1 };
    const selected = {
      serverIds: ['web-1'],
      selection,
      skipped: {},
      benchmarks: ['cpu'],
      maxParallel: 1,
      measureOnly: false,
    };
    return forecastRun(configuration, selected, own).benchmarks[0]!.sampleSeconds;
  };
  const [timed, other] = [tools[0]!, { ...tools[1]!, timed: false }];
  expect([secondsOf(timed), secondsOf(timed, other), secondsOf(other), secondsOf()]).toEqual([10, null, null, null]);
});

test('no expectation selects a tool for a user-defined command, for any names of its metrics', () => {
  const command = scoreBenchmark('cpu', { command: { command: 'bench', output: outputWith([]), loadsAllCpus: false } });
  expect(forecast(1, { benchmarks: [command] }).benchmarks[0]).toMatchObject({ tools: ['command'], expected: [] });
});

test('the most frequent classes and groups come first', () => {
  const serverIds = ['web-1', 'gpu-1', 'gpu-2'];
  const configuration = configurationOf({ servers: serverIds, benchmarks: [cpu] });
  const named = [...configuration.servers].map(([serverId, server]): [string, typeof server] => {
    const kind = serverId.slice(0, 3);
    return [serverId, { ...server, groups: [kind], hardwareClass: kind }];
  });
  const whole = { ...configuration, servers: new Map(named) };
  const selection = { limit: null, sample: null, seed: null, of: 3 };
  const selected = { serverIds, selection, skipped: {}, benchmarks: ['cpu'], maxParallel: 1, measureOnly: false };
  const { classes, groups } = forecastRun(whole, selected, tools);
  expect(classes).toEqual([
    { hardwareClass: 'gpu', servers: 2 },
    { hardwareClass: 'web', servers: 1 },
  ]);
  expect(groups).toEqual([
    { group: 'gpu', servers: 2 },
    { group: 'web', servers: 1 },
  ]);
});

test('counts the classes and groups of all servers, and names each server', () => {
  const { requested, classes, servers, groups } = forecast(10_000);
  expect([requested, servers.length]).toEqual([10_000, 10_000]);
  expect(classes).toEqual([{ hardwareClass: 'default', servers: 10_000 }]);
  expect(groups).toEqual([]);
});
