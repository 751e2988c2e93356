import { forecastAction, type ActionForecast } from '../actions/action-forecast.ts';
import type { KnownTool } from '../measurements/known-tool.ts';
import { sum } from '../measurements/statistics.ts';
import type { SshSettings } from '../servers/server.ts';
import { grouped } from '../values/grouped.ts';
import { expectationsOf } from '../verdicts/expectation.ts';
import type { BenchmarkSettings, Configuration } from './configuration.ts';
import { COMMAND, MAX_SERVERS, type FleetPlan, type RunSelection } from './plan.ts';
import { benchmarkLimitMs, connectLimitMs, lookLimitMs, sampleSeconds } from './time-limits.ts';

/** What a run would do, as far as known without a connection: `fleetmark plan --json`. */
export interface RunForecast {
  schemaVersion: 1;
  /** Path of the configuration, where it is read. */
  configuration: string;
  requested: number;
  selection: RunSelection;
  /** As in {@link FleetPlan}; missing from earlier versions. */
  skipped?: Record<string, string>;
  /** {@link MAX_SERVERS} */
  mostServers: number;
  maxParallel: number;
  /** In the order in which they run. */
  benchmarks: BenchmarkForecast[];
  /** Servers of each class and in each group; a class that is only detected at run time is null. */
  classes: { hardwareClass: string | null; servers: number }[];
  groups: { group: string; servers: number }[];
  /** Missing from earlier versions. */
  actions?: ActionForecast[];
  perServer: TimeForecast;
  run: TimeForecast;
  /** In the order of the inventory. */
  servers: ForecastServer[];
  /** Servers left out because the answer of a worker is limited. */
  serversLeftOut: number;
}

/** Seconds. */
export interface TimeForecast {
  /** Samples times duration, for the benchmarks with a known duration. */
  likelySeconds: number;
  /** The maximum: every time limit is used up, and everything is measured twice. */
  mostSeconds: number;
}

export interface BenchmarkForecast {
  benchmark: string;
  samples: number;
  /** Length of one sample; null if the tool has no fixed duration. */
  sampleSeconds: number | null;
  /** Maximum for all its samples. */
  mostSeconds: number;
  /** In order of preference; `command` for a user-defined command. */
  tools: string[];
  /** The tool that the expectations of each class select. */
  expected: { hardwareClass: string; tool: string }[];
}

export interface ForecastServer {
  serverId: string;
  hardwareClass: string | null;
  groups: string[];
}

type Selected = Required<
  Pick<FleetPlan, 'serverIds' | 'selection' | 'skipped' | 'benchmarks' | 'maxParallel' | 'measureOnly'>
>;

/** Adds up the settings: benchmarks of a server run one after another, up to `maxParallel` servers in parallel. */
export function forecastRun(
  { file, servers, benchmarks: configured, expect, ssh, actions }: Configuration,
  { serverIds, selection, skipped, benchmarks: names, maxParallel, measureOnly }: Selected,
  tools: readonly KnownTool[]
): RunForecast {
  const chosen = configured.filter(({ benchmark }) => names.includes(benchmark));
  const benchmarks = chosen.map((each) => forecastBenchmark(each, ssh, measureOnly ? {} : expect, tools));
  const listed = serverIds.map((serverId): ForecastServer => {
    const { hardwareClass, groups } = servers.get(serverId)!;
    return { serverId, hardwareClass, groups };
  });
  const limitMs = connectLimitMs(ssh) + lookLimitMs(ssh) + ssh.answerTimeoutMs;
  const perServer = {
    likelySeconds: total(benchmarks.map(({ samples, sampleSeconds: seconds }) => samples * (seconds ?? 0))),
    mostSeconds: limitMs / 1000 + 2 * total(benchmarks.map((each) => each.mostSeconds)),
  };
  // The next server starts as soon as one has ended, so these rounds are the upper limit.
  const rounds = Math.ceil((listed.length - Object.keys(skipped).length) / maxParallel);
  const counted = {
    classes: countOf(listed.map((each) => each.hardwareClass)).map(([hardwareClass, count]) => {
      return { hardwareClass, servers: count };
    }),
    groups: countOf(listed.flatMap((each) => each.groups)).map(([group, count]) => ({ group, servers: count })),
  };
  const run = { likelySeconds: rounds * perServer.likelySeconds, mostSeconds: rounds * perServer.mostSeconds };
  return {
    ...{ schemaVersion: 1, configuration: file, requested: listed.length, selection, skipped },
    ...{ mostServers: MAX_SERVERS, maxParallel, benchmarks, ...counted, perServer, run },
    actions: measureOnly ? [] : actions.map((action) => forecastAction(action, servers.values())),
    ...{ servers: listed, serversLeftOut: 0 },
  };
}

function forecastBenchmark(
  settings: BenchmarkSettings,
  ssh: SshSettings,
  expect: Configuration['expect'],
  tools: readonly KnownTool[]
): BenchmarkForecast {
  const { benchmark, samples, command } = settings;
  const about = { benchmark, samples, mostSeconds: benchmarkLimitMs(settings, ssh) / 1000 };
  if (command !== null) return { ...about, sampleSeconds: null, tools: [COMMAND], expected: [] };
  const own = tools.filter((tool) => tool.benchmark === benchmark);
  const isTimed = own.length > 0 && own.every(({ timed }) => timed);
  const expected = Object.entries(expect).flatMap(([hardwareClass, expectations]) => {
    const metrics = Object.keys(expectationsOf(expectations, benchmark));
    const selected = own.filter((tool) => tool.metrics.some(({ metric }) => metrics.includes(metric)));
    return selected.map(({ tool }) => ({ hardwareClass, tool }));
  });
  const names = own.map(({ tool }) => tool);
  return { ...about, sampleSeconds: isTimed ? sampleSeconds(settings) : null, tools: names, expected };
}

/** Counts equal names, the most frequent first. */
function countOf<Name>(names: readonly Name[]): [Name, number][] {
  const counts = [...grouped(names, (name) => name)].map(([name, of]): [Name, number] => [name, of.length]);
  return counts.sort(([, one], [, other]) => other - one);
}

function total(numbers: readonly number[]): number {
  return sum(numbers) ?? 0;
}
