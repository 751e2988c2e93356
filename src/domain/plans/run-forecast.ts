import type { BenchmarkSettings, Configuration } from './configuration.ts';
import { COMMAND } from './plan.ts';
import { expectationsOf } from '../verdicts/expectation.ts';
import { grouped } from '../values/grouped.ts';
import type { KnownTool } from '../measurements/known-tool.ts';
import type { RunSelection } from './plan.ts';
import { benchmarkLimitMs, connectLimitMs, lookLimitMs, sampleSeconds } from './time-limits.ts';

/** What a run would do, as far as can be told without a connection: `fleetmark plan --json`. */
export interface RunForecast {
  schemaVersion: 1;
  /** Whose configuration it is: a path, where that is read. */
  configuration: string;
  requested: number;
  selection: RunSelection;
  /** Why some of them would not be started: not by SSH, or another one leads to the same machine. Left out by earlier versions. */
  skipped?: Record<string, string>;
  /** A run takes no more servers than this. */
  mostServers: number;
  maxParallel: number;
  /** In the order in which they run. */
  benchmarks: BenchmarkForecast[];
  /** How many of the servers are of each class and in each group; a class that only a look can tell is null. */
  classes: { hardwareClass: string | null; servers: number }[];
  groups: { group: string; servers: number }[];
  perServer: TimeForecast;
  run: TimeForecast;
  /** In the order of the inventory. */
  servers: ForecastServer[];
  /** How many servers are omitted because the answer of a worker is limited. */
  serversLeftOut: number;
}

/** Seconds. */
export interface TimeForecast {
  /** Samples times duration, of the benchmarks whose duration is known. */
  likelySeconds: number;
  /** If every time limit is used up and everything is measured twice. */
  mostSeconds: number;
}

export interface BenchmarkForecast {
  benchmark: string;
  samples: number;
  /** Length of one sample; null if the tool has no fixed duration. */
  sampleSeconds: number | null;
  /** All its samples together. */
  mostSeconds: number;
  /** In order of preference; `command` for one of the user's own. */
  tools: string[];
  /** The one tool that the expectations of a class select. */
  expected: { hardwareClass: string; tool: string }[];
}

export interface ForecastServer {
  serverId: string;
  hardwareClass: string | null;
  groups: string[];
}

interface Selected {
  serverIds: readonly string[];
  selection: RunSelection;
  skipped: Record<string, string>;
  benchmarks: readonly string[];
  maxParallel: number;
  measureOnly: boolean;
}

/**
 * Multiplies the settings out: a server's benchmarks one after the other, servers at most `maxParallel` at once.
 * @param selected what `selectFleet` made of the input of a run
 */
export function forecastRun(
  { file, servers, benchmarks, expect, ssh }: Configuration,
  selected: Selected,
  { tools, mostServers }: { tools: readonly KnownTool[]; mostServers: number }
): RunForecast {
  const { serverIds, selection, skipped, maxParallel, measureOnly } = selected;
  const settings = benchmarks.filter(({ benchmark }) => selected.benchmarks.includes(benchmark));
  const listed = serverIds.flatMap((serverId): ForecastServer[] => {
    const server = servers.get(serverId);
    return server ? [{ serverId, hardwareClass: server.hardwareClass, groups: server.groups }] : [];
  });
  const forecasts = settings.map((each) => {
    const expected = measureOnly ? [] : selectedTools(each, expect, tools);
    return { ...forecastBenchmark(each, tools), mostSeconds: benchmarkLimitMs(each, ssh) / 1000, expected };
  });
  const perServer = {
    likelySeconds: sum(forecasts.map(({ samples, sampleSeconds }) => samples * (sampleSeconds ?? 0))),
    mostSeconds:
      (connectLimitMs(ssh) + lookLimitMs(ssh) + ssh.answerTimeoutMs) / 1000 +
      2 * sum(forecasts.map((each) => each.mostSeconds)),
  };
  // A lane goes on with the next server when one is done, so that none has more than this.
  const turns = Math.ceil((listed.length - Object.keys(skipped).length) / maxParallel);
  const run = { likelySeconds: turns * perServer.likelySeconds, mostSeconds: turns * perServer.mostSeconds };
  const counted = {
    classes: countOf(listed.map((each) => each.hardwareClass)).map(([hardwareClass, count]) => {
      return { hardwareClass, servers: count };
    }),
    groups: countOf(listed.flatMap((each) => each.groups)).map(([group, count]) => ({ group, servers: count })),
  };
  return {
    ...{
      schemaVersion: 1,
      configuration: file,
      requested: listed.length,
      selection,
      skipped,
      mostServers,
      maxParallel,
    },
    ...{ benchmarks: forecasts, ...counted, perServer, run, servers: listed, serversLeftOut: 0 },
  };
}

function forecastBenchmark(
  settings: BenchmarkSettings,
  tools: readonly KnownTool[]
): Pick<BenchmarkForecast, 'benchmark' | 'samples' | 'sampleSeconds' | 'tools'> {
  const { benchmark, samples, command } = settings;
  if (command !== null) return { benchmark, samples, sampleSeconds: null, tools: [COMMAND] };
  const own = tools.filter((tool) => tool.benchmark === benchmark);
  const isTimed = own.length > 0 && own.every(({ timed }) => timed);
  const seconds = isTimed ? sampleSeconds(settings) : null;
  return { benchmark, samples, sampleSeconds: seconds, tools: own.map(({ tool }) => tool) };
}

function selectedTools(
  { benchmark, command }: BenchmarkSettings,
  expect: Configuration['expect'],
  tools: readonly KnownTool[]
): BenchmarkForecast['expected'] {
  if (command !== null) return [];
  return Object.entries(expect).flatMap(([hardwareClass, expectations]) => {
    const metrics = Object.keys(expectationsOf(expectations, benchmark));
    const selected = tools.filter((tool) => tool.metrics.some(({ metric }) => metrics.includes(metric)));
    return selected.map(({ tool }) => ({ hardwareClass, tool }));
  });
}

/** The most frequent first. */
function countOf<Name>(names: readonly Name[]): [Name, number][] {
  const counts = [...grouped(names, (name) => name)].map(([name, of]): [Name, number] => [name, of.length]);
  return counts.sort(([, one], [, other]) => other - one);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
