import type { GpuChoice } from '../../domain/servers/choose-gpus.ts';
import { COMMAND } from '../../domain/plans/plan.ts';
import type { BenchmarkSettings } from '../../domain/plans/configuration.ts';
import type { KnownTool } from '../../domain/measurements/known-tool.ts';
import { outputLimitText, type KeptOutput } from '../../domain/jobs/output-limit.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { durationText } from '../counts.ts';
import { plain, type Style } from '../style.ts';
import { sectionsText, table } from '../table.ts';

/** What `fleetmark benchmarks --json` prints for each benchmark. */
export interface ListedBenchmark {
  benchmark: string;
  /** How it runs; null if it is available but not configured. */
  settings: ListedSettings | null;
  /** In order of preference; empty for a user-defined command. */
  tools: KnownTool[];
  metrics: { metric: string; unit: string; better: 'higher' | 'lower'; tool: string }[];
}

/** Settings of a benchmark; times in seconds. */
export interface ListedSettings {
  samples: number;
  /** Length of one sample; null if the tool has no fixed duration. */
  sampleSeconds: number | null;
  timeoutSeconds: number;
  silenceSeconds: number | null;
  command: string | null;
  /** What is kept of a long output, in bytes; null: it must not be long. */
  keep: KeptOutput | null;
  /** Which GPUs are measured; null: all compute GPUs. */
  devices: GpuChoice | null;
}

/** The configured benchmarks in the order in which they run, then the other available ones. */
export function benchmarkListing(
  configured: readonly BenchmarkSettings[],
  tools: readonly KnownTool[]
): ListedBenchmark[] {
  const names = configured.map(({ benchmark }) => benchmark);
  const others = [...new Set(tools.map(({ benchmark }) => benchmark))].filter((name) => !names.includes(name));
  return [
    ...configured.map((settings) => listBenchmark(settings.benchmark, settings, tools)),
    ...others.map((benchmark) => listBenchmark(benchmark, null, tools)),
  ];
}

function listBenchmark(
  benchmark: string,
  settings: BenchmarkSettings | null,
  known: readonly KnownTool[]
): ListedBenchmark {
  const command = settings?.command ?? null;
  const tools = command === null ? known.filter((tool) => tool.benchmark === benchmark) : [];
  const ofTools = tools.flatMap(({ tool, metrics }) => metrics.map((metric) => ({ ...metric, tool })));
  const own = (command?.output.metrics ?? []).map((metric) => ({ ...metric, tool: COMMAND }));
  const metrics = [...ofTools, ...own].map(({ metric, unit, better, tool }) => ({ metric, unit, better, tool }));
  if (settings === null) return { benchmark, settings: null, tools, metrics };
  const { samples, durationMs, timeoutMs, silenceMs, devices } = settings;
  const isTimed = tools.length > 0 && tools.every(({ timed }) => timed);
  const times = {
    sampleSeconds: isTimed ? Math.max(1, Math.round(durationMs / 1000)) : null,
    timeoutSeconds: timeoutMs / 1000,
    silenceSeconds: silenceMs === null ? null : silenceMs / 1000,
  };
  const ofCommand = { command: command?.command ?? null, keep: command?.output.keep ?? null };
  return { benchmark, settings: { samples, ...times, ...ofCommand, devices }, tools, metrics };
}

/** A block for each benchmark: how it runs, its tools and metrics, and the packages to install. */
export function benchmarkListingText(
  benchmarks: readonly ListedBenchmark[],
  style: Style = plain,
  width = Infinity
): string {
  return sectionsText(benchmarks.map((each) => block(each, style, width)));
}

function block({ benchmark, settings, tools, metrics }: ListedBenchmark, style: Style, width: number): string[] {
  const head = `${style('strong', printable(benchmark, 60))} ${settings === null ? 'not configured' : howText(settings)}`;
  const command = settings?.command ?? null;
  const linesOf = (name: string, ...more: string[]): string[][] => {
    const texts = [...metrics.filter(({ tool }) => tool === name).map(metricText), ...more];
    return texts.map((text, index) => [index === 0 ? `  ${name}` : '  ', text]);
  };
  const lines = tools.flatMap(({ tool, packages }) => linesOf(tool, packagesText(packages)));
  if (command !== null) lines.push(...linesOf(COMMAND, printable(command, 200), limitText(settings?.keep ?? null)));
  return [head, ...table(lines, plain, width)];
}

function howText({ samples, sampleSeconds, timeoutSeconds, devices }: ListedSettings): string {
  const each = sampleSeconds === null ? (samples === 1 ? 'sample' : 'samples') : `x ${sampleSeconds} s`;
  const chosen = devices === null ? '' : `, on ${printable(Object.values(devices).join(' '), 120)} only`;
  return `${samples} ${each}, each for at most ${durationText(timeoutSeconds)}${chosen}`;
}

/** `cpu.events_per_second, events/s, higher is better` */
function metricText({ metric, unit, better }: ListedBenchmark['metrics'][number]): string {
  return `${printable(metric, 90)}, ${printable(unit, 40)}, ${better} is better`;
}

/** `killed if it prints more than 256 KiB`, `of a long output the last 1,024 KiB are kept` */
function limitText(keep: KeptOutput | null): string {
  if (keep === null) return `killed if it prints more than ${outputLimitText()}`;
  const parts = [
    keep.head > 0 && `the first ${outputLimitText(keep.head)}`,
    keep.tail > 0 && `the last ${outputLimitText(keep.tail)}`,
  ];
  return `of a long output ${parts.filter(Boolean).join(' and ')} are kept`;
}

/** `packages: sysbench (apt-get, dnf, pacman)` */
function packagesText(packages: KnownTool['packages']): string {
  const byName = new Map<string, string[]>();
  for (const [manager, name] of Object.entries(packages)) byName.set(name, [...(byName.get(name) ?? []), manager]);
  return `packages: ${[...byName].map(([name, managers]) => `${name} (${managers.join(', ')})`).join('; ')}`;
}
