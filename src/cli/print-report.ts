import { baselineOf, LEAST_SERVERS } from '../domain/baseline.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { shellCommand } from '../domain/shell.ts';
import { checkText } from '../reports/check-text.ts';
import { jsonReport } from '../reports/json.ts';
import { textReport } from '../reports/text.ts';
import type { ConfigurationOptions } from './configuration-options.ts';
import { styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';

/** The result of a verb, on stdout: as JSON and nothing else, or for people. */
export function printReport(report: FleetReport, { json }: { json?: true | undefined }, { stdout }: Terminal): void {
  const style = styleFor(stdout);
  const text = report.checkOnly ? checkText(report, style) : textReport(report, style);
  stdout.write(json ? jsonReport(report) : text);
}

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
