import type { Expectations } from '../../domain/verdicts/expectation.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { shareAbove } from '../../domain/measurements/quiet-limits.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { DEMO_TOLERANCE } from '../../demo/demo-configuration.ts';

/** Maximum difference between healthy servers. They are one machine: a larger difference means other load. */
const MAX_DIFFERENCE = 0.15;

/** Share of all CPU time. Temporal, the worker and the noisy neighbour need less than this while two CPUs are quiet. */
const MAX_OTHER_LOAD = 1 / 3;
const MAX_STEAL = 0.05;

/** Expectations from the fastest healthy server: other load only ever makes a server slower. */
export function expectationsFrom(report: FleetReport): Expectations {
  return Object.fromEntries(
    [...valuesOf(report.servers)].map(([metric, of]) => {
      return [metric, { reference: Math.round(Math.max(...of.map(({ value }) => value))), tolerance: DEMO_TOLERANCE }];
    })
  );
}

/** How results of healthy servers contradict each other, one phrase each; empty if they agree. */
export function inconsistencies(servers: readonly ServerRow[]): string[] {
  const of = [...valuesOf(servers).values()];
  return of.flatMap((each) => [...inconsistentSamples(each), ...inconsistentServers(each)]);
}

/** Load on the machine that does not come from the demo, one phrase each. */
export function otherLoadPhrases(servers: readonly ServerRow[]): string[] {
  const evidence = servers.flatMap(({ benchmarks }) => benchmarks.flatMap((row) => row.evidence ?? []));
  const otherLoad = Math.max(0, ...evidence.map((each) => each.otherLoad ?? 0));
  const steal = Math.max(0, ...evidence.map((each) => each.steal ?? 0));
  return [
    ...shareAbove('other programs used', otherLoad, MAX_OTHER_LOAD, 'all CPU time'),
    ...shareAbove('the hypervisor withheld', steal, MAX_STEAL, 'all CPU time'),
  ];
}

interface Value {
  serverId: string;
  /** The median of the samples of a share. */
  value: number;
  spread: number;
}

function inconsistentSamples(of: readonly Value[]): string[] {
  const wide = of.filter(({ spread }) => spread > DEMO_TOLERANCE);
  return wide.map(({ serverId, spread }) => `the samples of ${serverId} differ by ${percent(spread)}`);
}

function inconsistentServers(of: readonly Value[]): string[] {
  const sorted = [...of].sort((a, b) => a.value - b.value);
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!];
  if (lowest.value >= highest.value * (1 - MAX_DIFFERENCE)) return [];
  const difference = 1 - lowest.value / highest.value;
  const names = `${lowest.serverId} and ${highest.serverId}`;
  return [`the results of ${names} differ by ${percent(difference)}, although both are this machine`];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** For each metric, the values of the servers that measured it. */
function valuesOf(servers: readonly ServerRow[]): Map<string, Value[]> {
  const values = new Map<string, Value[]>();
  for (const { serverId, benchmarks } of servers) {
    for (const { metric, value, spread } of benchmarks.flatMap((row) => row.measurements)) {
      values.set(metric, [...(values.get(metric) ?? []), { serverId, value, spread }]);
    }
  }
  return values;
}
