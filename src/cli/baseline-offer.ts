import { baselineOf, LEAST_SERVERS } from '../domain/baseline.ts';
import type { Baseline } from '../domain/baseline.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { shellCommand } from '../domain/shell.ts';
import { AMID_OTHER_LOAD } from '../domain/showings.ts';
import { baselineNotes } from '../reports/baseline-lines.ts';
import type { ConfigurationOptions } from './configuration-options.ts';

/**
 * Who measured without expecting anything can start from what was measured: with the command that says so, in the
 * configuration of this run; or why nothing can be learnt from it, such as that all of it was measured amid other load.
 * Null where everything measured was expected already.
 */
export function baselineOffer(report: FleetReport, { config, inventory }: ConfigurationOptions): string | null {
  const isNew = report.servers.some(({ benchmarks }) =>
    benchmarks.some(({ verdict, measurements }) => verdict === 'measured' && measurements.length > 0)
  );
  if (!isNew) return null;
  const learnt = baselineOf([report]);
  const metrics = learnt.classes.flatMap((each) => each.metrics);
  if (metrics.length === 0) return nothingLearnt(learnt);
  const fewest = Math.min(...metrics.map(({ servers }) => servers));
  const words = [
    ...['fleetmark', 'baseline', report.run],
    ...(inventory === undefined ? [] : ['-i', inventory]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(fewest < LEAST_SERVERS ? ['--least', String(fewest)] : []),
  ];
  return `\nTo hold servers to what these just showed: ${shellCommand(words)}\n`;
}

function nothingLearnt(of: Baseline): string {
  const isLoad = of.leftOut.some(({ reason }) => reason.endsWith(AMID_OTHER_LOAD));
  const lines = ['What servers are to be held to cannot be learnt from this run.', ...baselineNotes(of)];
  return `\n${[...lines, ...(isLoad ? ['Measure them again while they are quiet.'] : [])].join('\n')}\n`;
}
