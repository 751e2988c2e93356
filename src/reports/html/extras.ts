import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { PreviousRun } from '../../domain/reports/run-changes.ts';
import { worstLast } from '../style.ts';

/** All samples of one measurement, in order. */
export interface ReportSamples {
  serverId: string;
  metric: string;
  device: number | null;
  samples: readonly number[];
}

/** What a command printed, or a file that it wrote. */
export interface RawOutput {
  serverId: string;
  benchmark: string;
  /** `sample 2`, `result.json` */
  title: string;
  /** Null: left out, because the page would be too large. */
  text: string | null;
}

/** What a report does not contain. Its parts are left out of the page where they are missing. */
export interface ReportExtras {
  samples?: readonly ReportSamples[];
  outputs?: readonly RawOutput[];
  /** The last run of the same selection. */
  previous?: PreviousRun;
  /** In how many runs in a row a server has failed that failed in the previous one too. */
  failedRuns?: ReadonlyMap<string, number>;
  /** Further facts about the run: who started it, versions. */
  about?: readonly (readonly [label: string, value: string])[];
}

/**
 * The servers in the order in which a page keeps their outputs, if it cannot take all: those with a problem first. Equal ones
 * keep the order of the report, as the cards of the page do: the first ones have a card.
 */
export function problemsFirst({ servers }: FleetReport): string[] {
  return worstLast(servers.toReversed())
    .reverse()
    .map(({ serverId }) => serverId);
}
