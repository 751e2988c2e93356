import type { Baseline } from '../../domain/baselines/baseline.ts';
import type { BenchmarkSettings } from '../../domain/plans/configuration.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { printable } from '../../domain/values/untrusted.ts';
import {
  metricsOf,
  nameOf,
  noBaselineReasons,
  skippedLines,
  tooWideTolerances,
} from '../../reports/listings/baseline-lines.ts';
import { plural } from '../../reports/counts.ts';
import { Refusal } from '../terminal/refusal.ts';

/** What a baseline must satisfy before it is written. */
export interface BaselineCriteria {
  /** Hardware classes; undefined: all. */
  classes: readonly string[] | undefined;
  /** Benchmarks of the configuration that it is written to. */
  benchmarks: readonly BenchmarkSettings[];
  /** Minimum number of servers behind each value. */
  least: number;
  /** The widest accepted tolerance; 0.25 for 25%. */
  maxTolerance: number;
}

/**
 * The part of a baseline that can be written into a configuration.
 * @param runs - the runs that it was derived from
 * @throws Refusal if nothing is usable, a value has too few servers, or a tolerance is too wide
 */
export function usableBaseline(
  found: Baseline,
  { classes, benchmarks, least, maxTolerance }: BaselineCriteria,
  runs: readonly MeasuredRun[]
): Baseline {
  const usable = withCurrentUnits(benchmarks, selectClasses(found, classes));
  refuseTooFew(usable, runs, least);
  const wide = tooWideTolerances(usable, maxTolerance);
  if (wide !== null) throw new Refusal([...wide.lines, `Or accept it with ${wide.consent.join(' ')}`].join('\n'));
  return usable;
}

function selectClasses(baseline: Baseline, names: readonly string[] | undefined): Baseline {
  if (names === undefined) return baseline;
  const isChosen = ({ hardwareClass }: { hardwareClass: string }): boolean => names.includes(hardwareClass);
  const missing = names.filter((name) => !baseline.classes.some(({ hardwareClass }) => hardwareClass === name));
  if (missing.length > 0) {
    const known = baseline.classes.map(({ hardwareClass }) => printable(hardwareClass, 100)).join(', ') || 'none';
    const unknown = missing.map((name) => printable(name, 100)).join(', ');
    throw new Refusal(`no measurements of the class ${unknown}; measured classes: ${known}`);
  }
  return { ...baseline, classes: baseline.classes.filter(isChosen), unusable: baseline.unusable.filter(isChosen) };
}

/** Drops metrics whose unit in the configuration has changed since the run: their values would be misread. */
function withCurrentUnits(benchmarks: readonly BenchmarkSettings[], baseline: Baseline): Baseline {
  const metrics = benchmarks.flatMap(({ command }) => command?.output.metrics ?? []);
  const units = new Map(metrics.map(({ metric, unit }) => [metric, unit]));
  const unusable = [...baseline.unusable];
  const classes = baseline.classes.map(({ hardwareClass, metrics: all }) => ({
    hardwareClass,
    metrics: all.filter(({ metric, unit }) => {
      const now = units.get(metric) ?? unit;
      const reason = `it was measured in ${unit}, but the configuration now says ${now}`;
      if (now !== unit) unusable.push({ hardwareClass, metric, reason });
      return now === unit;
    }),
  }));
  return { ...baseline, unusable, classes: classes.filter((each) => each.metrics.length > 0) };
}

function refuseTooFew(baseline: Baseline, runs: readonly MeasuredRun[], least: number): void {
  if (baseline.classes.length === 0) {
    const ids = runs.map(({ run }) => printable(run, 120)).join(', ');
    throw new Refusal([`no baseline can be derived from ${ids}`, ...noBaselineReasons(baseline)].join('\n'));
  }
  const all = metricsOf(baseline);
  const few = all.filter(({ servers }) => servers < least);
  if (few.length === 0) return;
  const lines = few.map(({ hardwareClass, metric, servers }) => {
    return `  ${nameOf(hardwareClass, metric)}: ${plural(servers, 'server')}`;
  });
  const minServers = Math.min(...few.map(({ servers }) => servers));
  const others = few.length === all.length ? '' : ', or choose the classes that have enough with --class';
  const message = [
    `too few servers for a baseline, which needs at least ${least}:`,
    ...lines.slice(0, 20),
    ...skippedLines(baseline).slice(0, 20),
    `Measure more servers, or accept fewer with --least ${minServers}${others}`,
  ];
  throw new Refusal(message.join('\n'));
}
