import type { BenchmarkKind } from '../domain/measurements/known-tool.ts';
import type { BenchmarkSettings, PatternMetric, UserCommand } from '../domain/plans/configuration.ts';
import { formatDuration } from '../source/duration.ts';
import { didYouMean } from '../source/nearest-word.ts';
import type { Problem } from '../source/problem.ts';
import type { Account } from '../source/surroundings.ts';
import { gpuKinds } from './schema/benchmark-schema.ts';
import type { BenchmarksText } from './schema/schema.ts';

type BenchmarkText = NonNullable<BenchmarksText[string]>;

const TEN_SECONDS_MS = 10_000;
const MINUTE_MS = 60_000;

/** For tests: the worker counts OpenCL CPU devices as GPUs, so that PoCL can stand in for one. */
const CPU_DEVICES = 'FLEETMARK_OPENCL_CPU_DEVICES';

/** The benchmarks with all defaults filled in, in the order in which they are written. */
export function readBenchmarks(
  text: BenchmarksText,
  kinds: readonly BenchmarkKind[],
  env: Account['env']
): { benchmarks: BenchmarkSettings[]; problems: Problem[] } {
  const openclCpuDevices = env[CPU_DEVICES] === '1';
  const problems: Problem[] = [];
  const benchmarks = Object.entries(text).map(([name, written]) => {
    const found = contradictions(name, written ?? {}, kinds);
    problems.push(...found.map((problem) => ({ ...problem, path: ['benchmarks', name, ...problem.path] })));
    const kind = kinds.find((each) => each.benchmark === name);
    return settingsOf(name, written ?? {}, { minTimeoutMs: kind?.minTimeoutMs ?? MINUTE_MS, openclCpuDevices });
  });
  if (benchmarks.length === 0) problems.push({ path: ['benchmarks'], message: 'must contain at least one benchmark' });
  problems.push(...twoChoices(benchmarks, kinds));
  return { benchmarks, problems };
}

/** The GPUs of a server are chosen once, for all benchmarks. */
function twoChoices(benchmarks: readonly BenchmarkSettings[], kinds: readonly BenchmarkKind[]): Problem[] {
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
  { minTimeoutMs, openclCpuDevices }: { minTimeoutMs: number; openclCpuDevices: boolean }
): BenchmarkSettings {
  const durationMs = text.duration ?? TEN_SECONDS_MS;
  return {
    benchmark,
    samples: text.samples ?? (text.command === undefined ? 3 : 1),
    durationMs,
    timeoutMs: text.timeout ?? (text.command === undefined ? Math.max(4 * durationMs, minTimeoutMs) : 10 * MINUTE_MS),
    silenceMs: text.silence ?? null,
    command: text.command === undefined ? null : commandOf(benchmark, text, text.command),
    openclCpuDevices,
    devices: text.devices ?? null,
  };
}

function commandOf(
  benchmark: string,
  { metrics = {}, loadsAllCpus = false }: BenchmarkText,
  command: string
): UserCommand {
  return {
    command,
    loadsAllCpus,
    metrics: Object.entries(metrics).map(([name, { pattern, unit, better }]): PatternMetric => {
      return { metric: `${benchmark}.${name}`, unit, better, pattern };
    }),
  };
}

/** What each key may say by itself, but not together with the others. Paths within the benchmark. */
function contradictions(name: string, text: BenchmarkText, kinds: readonly BenchmarkKind[]): Problem[] {
  const known = kinds.map(({ benchmark }) => benchmark);
  const problems: Problem[] = [];
  const { command, metrics, duration, timeout } = text;
  if (command === undefined && !known.includes(name)) {
    const message = `needs a command; only ${known.join(' and ')} work without one${didYouMean(name, known)}`;
    problems.push({ path: [], message, atKey: true });
  }
  if (command === undefined && known.includes(name) && metrics !== undefined) {
    problems.push({ path: [], message: 'has metrics, but no command; remove them, or add one', atKey: true });
  }
  if (command !== undefined && Object.keys(metrics ?? {}).length === 0) {
    const message =
      "needs metrics that extract numbers from its output, such as { score: { pattern: 'score: (\\S+)', unit: points } }";
    problems.push({ path: metrics === undefined ? [] : ['metrics'], message, atKey: true });
  }
  if (command !== undefined && duration !== undefined) {
    const message = 'does not apply to a command; limit it with "timeout"';
    problems.push({ path: ['duration'], message, atKey: true });
  }
  if (duration !== undefined && duration % 1000 !== 0) {
    problems.push({ path: ['duration'], message: 'must be in whole seconds' });
  }
  if (command === undefined && timeout !== undefined && timeout <= (duration ?? TEN_SECONDS_MS)) {
    const message = `must be longer than one sample (${formatDuration(duration ?? TEN_SECONDS_MS)})`;
    problems.push({ path: ['timeout'], message });
  }
  if (text.devices !== undefined && !(gpuKinds(kinds).includes(name) && command === undefined)) {
    const message = `only applies to the tools of ${gpuKinds(kinds).join(' and ')}`;
    problems.push({ path: ['devices'], message, atKey: true });
  }
  if (text.loadsAllCpus !== undefined && command === undefined) {
    problems.push({ path: ['loadsAllCpus'], message: 'only applies to a command', atKey: true });
  }
  for (const [metric, { pattern }] of Object.entries(metrics ?? {})) {
    const message = patternProblem(pattern);
    if (message !== null) problems.push({ path: ['metrics', metric, 'pattern'], message });
  }
  return problems;
}

function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, 'gm');
    return null;
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : 'unknown error';
    return `is not a valid regular expression: ${said}`;
  }
}
