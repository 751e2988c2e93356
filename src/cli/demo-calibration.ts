import type { Expectations } from '../domain/expectation.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { demoTolerance } from '../local/demo-configuration.ts';

/** How far healthy servers may be apart before something else must have disturbed one of them. */
const MOST_APART = 0.15;

/** Whether the healthy servers agree on every metric: they are the same machine. */
export function agree(report: FleetReport): boolean {
  return [...valuesOf(report).values()].every(
    (values) => Math.min(...values) >= Math.max(...values) * (1 - MOST_APART)
  );
}

/** What the fastest healthy server reached: what disturbs one only ever makes it slower. */
export function expectationsFrom(report: FleetReport): Expectations {
  return Object.fromEntries(
    [...valuesOf(report)].map(([metric, values]) => {
      return [metric, { reference: Math.round(Math.max(...values)), tolerance: demoTolerance }];
    })
  );
}

/** For each metric the value, a median already, of each server that showed it. */
function valuesOf(report: FleetReport): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const { metric, value } of report.servers.flatMap((row) => row.benchmarks).flatMap((row) => row.measurements)) {
    values.set(metric, [...(values.get(metric) ?? []), value]);
  }
  return values;
}
