import type { BenchmarkKind } from '../domain/measurements/known-tool.ts';
import type { BenchmarkSettings, UserCommand } from '../domain/plans/configuration.ts';
import { formatDuration } from '../source/duration.ts';
import { didYouMean } from '../source/nearest-word.ts';
import type { Problem } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { commandOutput } from './command-output.ts';
import { metricProblems } from './metric-problems.ts';
import { requiredAndFaultProblems } from './required-and-faults.ts';
import { brokenKeyRules, brokenValueRules, type Rule } from './rules.ts';
import { gpuKinds } from './schema/benchmark-schema.ts';
import { commandOutputKeys } from './schema/command-schema.ts';
import type { BenchmarksText, BenchmarkText } from './schema/schema.ts';

const TEN_SECONDS_MS = 10_000;
const MINUTE_MS = 60_000;

/** What is said of the output of a command, apart from its metrics. */
const outputKeys = (Object.keys(commandOutputKeys) as (keyof typeof commandOutputKeys)[]).filter(
  (key) => key !== 'metrics'
);

const METRICS_EXAMPLE = "{ score: { pattern: 'score: (\\S+)', unit: points } }";

/** The benchmarks with all defaults, in their written order. */
export function readBenchmarks(
  text: BenchmarksText,
  kinds: readonly BenchmarkKind[],
  env: Account['env']
): { benchmarks: BenchmarkSettings[]; problems: Problem[] } {
  // For tests: OpenCL CPU devices count as GPUs, so that PoCL can replace one.
  const openclCpuDevices = env['FLEETMARK_OPENCL_CPU_DEVICES'] === '1';
  const problems: Problem[] = [];
  const benchmarks = Object.entries(text).map(([name, written]) => {
    const found = dependentKeyProblems(name, written ?? {}, kinds);
    problems.push(...found.map((problem) => ({ ...problem, path: ['benchmarks', name, ...problem.path] })));
    const kind = kinds.find((each) => each.benchmark === name);
    return settingsOf(name, written ?? {}, kind?.minTimeoutMs ?? MINUTE_MS, openclCpuDevices);
  });
  if (benchmarks.length === 0) problems.push({ path: ['benchmarks'], message: 'must contain at least one benchmark' });
  problems.push(...differentDevices(benchmarks, kinds));
  return { benchmarks, problems };
}

/** All benchmarks of a server use the same GPUs. */
function differentDevices(benchmarks: readonly BenchmarkSettings[], kinds: readonly BenchmarkKind[]): Problem[] {
  const names = gpuKinds(kinds);
  const ofGpus = benchmarks.filter(({ benchmark, command }) => command === null && names.includes(benchmark));
  const [first] = ofGpus;
  const other = ofGpus.find(({ devices }) => JSON.stringify(devices) !== JSON.stringify(first!.devices));
  if (first === undefined || other === undefined) return [];
  const message = `must have the same devices as ${first.benchmark}`;
  return [{ path: ['benchmarks', other.benchmark], message, atKey: true }];
}

function settingsOf(
  benchmark: string,
  text: BenchmarkText,
  minTimeoutMs: number,
  openclCpuDevices: boolean
): BenchmarkSettings {
  const durationMs = text.duration ?? TEN_SECONDS_MS;
  return {
    benchmark,
    samples: text.samples ?? (text.command === undefined ? 3 : 1),
    durationMs,
    timeoutMs: text.timeout ?? (text.command === undefined ? Math.max(4 * durationMs, minTimeoutMs) : 10 * MINUTE_MS),
    silenceMs: text.silence ?? null,
    command: commandOf(benchmark, text),
    openclCpuDevices,
    devices: text.devices ?? null,
  };
}

function commandOf(benchmark: string, text: BenchmarkText): UserCommand | null {
  const { command, loadsAllCpus = false } = text;
  return command === undefined ? null : { command, loadsAllCpus, output: commandOutput(benchmark, text) };
}

/** Problems of keys that depend on each other: missing, contradictory, not applicable. Paths are relative to the benchmark. */
function dependentKeyProblems(name: string, text: BenchmarkText, kinds: readonly BenchmarkKind[]): Problem[] {
  const known = kinds.map(({ benchmark }) => benchmark);
  const { command, metrics, duration = TEN_SECONDS_MS, timeout = Infinity, devices, loadsAllCpus } = text;
  const isCommand = command !== undefined;
  const needed = `needs a command; only ${known.join(' and ')} work without one${didYouMean(name, known)}`;
  const noMetrics = `needs metrics that extract numbers from its output, such as ${METRICS_EXAMPLE}`;
  const isKind = !isCommand && known.includes(name);
  const ofKeys = brokenKeyRules([
    [!isCommand && !isKind, [], needed],
    [isKind && metrics !== undefined, [], 'has metrics, but no command; remove them, or add one'],
    [isCommand && Object.keys(metrics ?? {}).length === 0, metrics === undefined ? [] : ['metrics'], noMetrics],
    [isCommand && text.duration !== undefined, ['duration'], 'does not apply to a command; limit it with "timeout"'],
    [
      devices !== undefined && (isCommand || !gpuKinds(kinds).includes(name)),
      ['devices'],
      `only applies to the tools of ${gpuKinds(kinds).join(' and ')}`,
    ],
    [
      text.silence !== undefined && text.keep !== undefined,
      ['silence'],
      'cannot be used together with keep: what is not kept would count as silence',
    ],
    [loadsAllCpus !== undefined && !isCommand, ['loadsAllCpus'], 'only applies to a command'],
    ...outputKeys.map((key): Rule => [isKind && text[key] !== undefined, [key], 'only applies to a command']),
  ]);
  const ofValues = brokenValueRules([
    [duration % 1000 !== 0, ['duration'], 'must be in whole seconds'],
    [!isCommand && timeout <= duration, ['timeout'], `must be longer than one sample (${formatDuration(duration)})`],
  ]);
  const ofMetrics = Object.entries(metrics ?? {}).flatMap(([metric, each]) =>
    metricProblems(each).map((problem) => ({ ...problem, path: ['metrics', metric, ...problem.path] }))
  );
  return [...ofKeys, ...ofValues, ...ofMetrics, ...requiredAndFaultProblems(text)];
}
