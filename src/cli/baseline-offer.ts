import { baselineOf, LEAST_SERVERS } from '../domain/baseline.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { shellCommand } from '../domain/shell.ts';
import type { ConfigurationOptions } from './configuration-options.ts';

/**
 * Who measured without expecting anything can start from what was measured: with the command that says so, in the
 * configuration of this run. Null where everything measured was expected already.
 */
export function baselineOffer(report: FleetReport, { config, inventory }: ConfigurationOptions): string | null {
  const isNew = report.servers.some(({ benchmarks }) =>
    benchmarks.some(({ verdict, measurements }) => verdict === 'measured' && measurements.length > 0)
  );
  const metrics = baselineOf([report]).classes.flatMap((each) => each.metrics);
  if (!isNew || metrics.length === 0) return null;
  const fewest = Math.min(...metrics.map(({ servers }) => servers));
  const words = [
    ...['fleetmark', 'baseline', report.run],
    ...(inventory === undefined ? [] : ['-i', inventory]),
    ...(config === undefined ? [] : ['--config', config]),
    ...(fewest < LEAST_SERVERS ? ['--least', String(fewest)] : []),
  ];
  return `\nTo hold servers to what these just showed: ${shellCommand(words)}\n`;
}
