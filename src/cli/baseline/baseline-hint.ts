import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { baselineOf, MIN_SERVERS, DEFAULT_MAX_TOLERANCE } from '../../domain/baselines/baseline.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { tooWideTolerances, noBaselineReasons } from '../../reports/listings/baseline-lines.ts';
import { commandWith, type ConfigurationOptions } from '../options/configuration-options.ts';

const NO_BASELINE = 'This run cannot serve as a baseline.';

/**
 * After a run without expectations: the command that turns this run into a baseline, or why it cannot serve as one (for
 * example, because everything was measured under other load). Null if every measured metric has an expectation.
 */
export function baselineHint(
  report: FleetReport,
  options: ConfigurationOptions,
  source: ConfigurationSource
): string | null {
  const isNew = report.servers.some(({ benchmarks }) =>
    benchmarks.some(({ verdict, measurements }) => verdict === 'measured' && measurements.length > 0)
  );
  if (!isNew) return null;
  const baseline = baselineOf([report]);
  const metrics = baseline.classes.flatMap((each) => each.metrics);
  if (metrics.length === 0) {
    const lines = [NO_BASELINE, ...noBaselineReasons(baseline)];
    return `\n${lines.join('\n')}\n`;
  }
  const minServers = Math.min(...metrics.map(({ servers }) => servers));
  const least = minServers < MIN_SERVERS ? ['--least', String(minServers)] : [];
  const wide = tooWideTolerances(baseline, DEFAULT_MAX_TOLERANCE);
  if (wide !== null) {
    const how = command(report.run, [...least, ...wide.consent], options, source);
    return `\n${[NO_BASELINE, ...wide.lines].join('\n')}\nTo use it anyway${how}\n`;
  }
  return `\nTo use this run as the baseline${command(report.run, least, options, source)}\n`;
}

/**
 * @param source - a list or standard input has no fleetmark.yaml that `baseline` could edit: the hint starts with
 * creating one
 */
function command(run: string, least: string[], options: ConfigurationOptions, source: ConfigurationSource): string {
  const verb = ['baseline', run];
  if (source.file !== null || source.inventory.kind === 'file') return `: ${commandWith(options, verb, least)}`;
  const first = ', write a fleetmark.yaml that names them ("servers:", or "inventory: hosts.ini")';
  return `${first}, then: ${commandWith({}, verb, least)}`;
}
