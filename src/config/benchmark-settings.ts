import type { BenchmarkSettings, PatternMetric, UserCommand } from '../domain/plans/configuration.ts';
import { formatDuration } from '../source/duration.ts';
import { didYouMean } from '../source/nearest-word.ts';
import type { Problem } from '../source/problem.ts';
import type { BenchmarksText } from './schema/schema.ts';

type BenchmarkText = NonNullable<BenchmarksText[string]>;

const tenSeconds = 10_000;
const minute = 60_000;

/** The benchmarks that have tools; every other one is a command of the user's own. */
function hasTools(benchmark: string): benchmark is 'cpu' | 'gpu' {
  return benchmark === 'cpu' || benchmark === 'gpu';
}

/** The benchmarks with all defaults filled in, in the order in which they are written. */
export function readBenchmarks(text: BenchmarksText): { benchmarks: BenchmarkSettings[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const benchmarks = Object.entries(text).map(([name, written]) => {
    const found = contradictions(name, written ?? {});
    problems.push(...found.map((problem) => ({ ...problem, path: ['benchmarks', name, ...problem.path] })));
    return settingsOf(name, written ?? {});
  });
  if (benchmarks.length === 0) problems.push({ path: ['benchmarks'], message: 'must name at least one benchmark' });
  return { benchmarks, problems };
}

function settingsOf(benchmark: string, text: BenchmarkText): BenchmarkSettings {
  const durationMs = text.duration ?? tenSeconds;
  return {
    benchmark,
    samples: text.samples ?? (text.command === undefined ? 3 : 1),
    durationMs,
    timeoutMs: text.timeout ?? defaultTimeout(benchmark, text, durationMs),
    silenceMs: text.silence ?? null,
    command: text.command === undefined ? null : commandOf(benchmark, text, text.command),
    openclCpuDevices: text.openclCpuDevices ?? false,
    devices: text.devices ?? null,
  };
}

function defaultTimeout(benchmark: string, text: BenchmarkText, durationMs: number): number {
  if (text.command !== undefined) return 10 * minute;
  return Math.max(4 * durationMs, benchmark === 'gpu' ? 5 * minute : minute);
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
function contradictions(name: string, text: BenchmarkText): Problem[] {
  const problems: Problem[] = [];
  const { command, metrics, duration, timeout } = text;
  if (command === undefined && !hasTools(name)) {
    const message = `has no command, which every benchmark but cpu and gpu needs${didYouMean(name, ['cpu', 'gpu'])}`;
    problems.push({ path: [], message, atKey: true });
  }
  if (command === undefined && hasTools(name) && metrics !== undefined) {
    problems.push({ path: [], message: 'has metrics, but no command that they belong to', atKey: true });
  }
  if (command !== undefined && Object.keys(metrics ?? {}).length === 0) {
    const message =
      "needs metrics that say what its output means: { score: { pattern: 'score: (\\S+)', unit: points } }";
    problems.push({ path: metrics === undefined ? [] : ['metrics'], message, atKey: true });
  }
  if (command !== undefined && duration !== undefined) {
    const message = 'is for the tools; a command takes as long as it takes, and its limit is "timeout"';
    problems.push({ path: ['duration'], message, atKey: true });
  }
  if (duration !== undefined && duration % 1000 !== 0) {
    problems.push({ path: ['duration'], message: 'must be whole seconds' });
  }
  if (command === undefined && timeout !== undefined && timeout <= (duration ?? tenSeconds)) {
    const message = `must be above the duration of one sample, ${formatDuration(duration ?? tenSeconds)}`;
    problems.push({ path: ['timeout'], message });
  }
  for (const key of ['openclCpuDevices', 'devices'] as const) {
    if (text[key] === undefined || (name === 'gpu' && command === undefined)) continue;
    problems.push({ path: [key], message: 'is only for the tools of gpu', atKey: true });
  }
  if (text.loadsAllCpus !== undefined && command === undefined) {
    problems.push({ path: ['loadsAllCpus'], message: 'is only for a command; the tools know it', atKey: true });
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
    return `is no regular expression: ${said}`;
  }
}
