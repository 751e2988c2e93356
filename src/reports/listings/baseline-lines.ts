import type { Baseline } from '../../domain/baselines/baseline.ts';
import type { MetricBaseline, ServerValue } from '../../domain/baselines/metric-baseline.ts';
import { isNamedDevice } from '../../domain/measurements/measurement.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { UNDER_OTHER_LOAD, CONTRADICTS } from '../../domain/baselines/observations.ts';
import type { Expectation } from '../../domain/verdicts/expectation.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { plural } from '../counts.ts';

/** Longer lists end with the number of omitted entries. */
const MAX_NAMED = 5;
const MAX_LINES = 20;

/** The YAML comment beside an expectation: `12 servers, 2 runs, 2026-11-24; left out: web-7 3,912` */
export function provenance({ servers, runs, date, outliers, outside, fewerDevices }: MetricBaseline): string {
  const parts = [`${plural(servers, 'server')}, ${plural(runs, 'run')}, ${date}`];
  if (outliers.length > 0) parts.push(`left out: ${valueList(outliers)}`);
  if (outside.length > 0) parts.push(`out of range: ${valueList(outside)}`);
  if (fewerDevices.length > 0) parts.push(`fewer devices: ${deviceList(fewerDevices)}`);
  return parts.join('; ');
}

function deviceList(servers: MetricBaseline['fewerDevices']): string {
  return shortList(
    servers.map(({ serverId, devices }) => `${printable(serverId, 100)} ${devices}`),
    MAX_NAMED
  );
}

function valueList(odd: readonly ServerValue[]): string {
  const shown = odd.map(({ serverId, device, value }) => {
    return `${printable(serverId, 100)}${device === null || isNamedDevice(device) ? '' : ` device ${device}`} ${formatNumber(value)}`;
  });
  return shortList(shown, MAX_NAMED);
}

type MetricKeys = readonly { hardwareClass: string; metric: string }[];

/** Describes a written baseline for the user, one line each: its runs, its values, and warnings. */
export function baselineLines(
  of: Baseline,
  { changed, kept }: { changed: MetricKeys; kept: MetricKeys },
  runs: readonly MeasuredRun[]
): string[] {
  const from = runs.map(({ run, servers }) => `${printable(run, 120)} (${plural(servers.length, 'server')})`);
  const lines = [`From ${from.join(', ')}:`];
  for (const { hardwareClass, metric, unit, expectation } of metricsOf(of)) {
    const isThis = (each: MetricKeys[number]): boolean =>
      each.hardwareClass === hardwareClass && each.metric === metric;
    const what = `${nameOf(hardwareClass, metric)}: ${expectationText(expectation, unit)}`;
    if (kept.some(isThis)) lines.push(`${what}: kept the hand-written value; --replace overwrites it`);
    else lines.push(changed.some(isThis) ? what : `${what}: unchanged`);
  }
  return [...lines, ...baselineNotes(of)];
}

/** `8,010 points with a tolerance of 10 %`, `at least 16 gpus` */
function expectationText({ reference, tolerance, min, max, devices }: Expectation, unit: string): string {
  const textOf = (value: number): string => `${formatNumber(value)} ${printable(unit, 40)}`;
  const ofDevices = devices === undefined ? '' : `, ${plural(devices, 'device')}`;
  if (min !== undefined) return `at least ${textOf(min)}${ofDevices}`;
  if (max !== undefined) return `at most ${textOf(max)}${ofDevices}`;
  return `${textOf(reference!)} with a tolerance of ${percentOf(tolerance!)}${ofDevices}`;
}

export function metricsOf({ classes }: Baseline): (MetricBaseline & { hardwareClass: string })[] {
  return classes.flatMap(({ hardwareClass, metrics }) => metrics.map((each) => ({ hardwareClass, ...each })));
}

export function nameOf(hardwareClass: string, metric: string): string {
  return `${printable(hardwareClass, 100)} ${printable(metric, 100)}`;
}

/** Why a baseline is empty, and what to do about it, one line each. */
export function noBaselineReasons(of: Baseline): string[] {
  const isBusy = of.leftOut.some(({ reason }) => reason.endsWith(UNDER_OTHER_LOAD) || reason.includes(CONTRADICTS));
  return [...baselineNotes(of), ...(isBusy ? ['Measure these servers again while they are idle.'] : [])];
}

/** Values that differ so much that they would need a wider tolerance than accepted. */
export interface WideTolerances {
  /** The explanation for the user. */
  lines: string[];
  /** The option that accepts them: `--max-tolerance 41%`. */
  consent: string[];
}

/** Null if no metric needs a wider tolerance. */
export function tooWideTolerances(baseline: Baseline, maxTolerance: number): WideTolerances | null {
  const toleranceOf = ({ expectation }: MetricBaseline): number => expectation.tolerance ?? 0;
  const wide = metricsOf(baseline).filter((each) => toleranceOf(each) > maxTolerance);
  if (wide.length === 0) return null;
  const lines = wide.map((each) => {
    const range = `from ${valueList([each.lowest])} to ${valueList([each.highest])} ${printable(each.unit, 40)}`;
    return `  ${nameOf(each.hardwareClass, each.metric)}: ${percentOf(toleranceOf(each))}, ${range}`;
  });
  const first = `these values differ too much: they would need a tolerance of more than ${percentOf(maxTolerance)}`;
  const last = 'Measure them again while they are idle, and put different hardware into separate classes.';
  const widest = Math.round(Math.max(...wide.map(toleranceOf)) * 100);
  return { lines: [first, ...lines.slice(0, MAX_LINES), last], consent: ['--max-tolerance', `${widest}%`] };
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What a baseline leaves out, and its warnings, one line each. */
function baselineNotes(baseline: Baseline): string[] {
  const lines: string[] = [];
  for (const { hardwareClass, metric, unit, outliers, outside, fewerDevices, isWide } of metricsOf(baseline)) {
    const name = nameOf(hardwareClass, metric);
    const values = (odd: readonly ServerValue[]): string => `${valueList(odd)} ${printable(unit, 40)}`;
    if (outliers.length > 0) lines.push(`${name}: left out as outliers of the class: ${values(outliers)}`);
    if (outside.length > 0) lines.push(`${name}: outside the new expected range: ${values(outside)}`);
    if (fewerDevices.length > 0) lines.push(`${name}: fewer devices than expected: ${deviceList(fewerDevices)}`);
    if (isWide) lines.push(`${name}: the servers differ by more than 50 %: check that they belong to one class`);
  }
  for (const { hardwareClass, metric, reason } of baseline.unusable)
    lines.push(`${nameOf(hardwareClass, metric)}: not used: ${printable(reason, 200)}`);
  return [...lines, ...skippedLines(baseline)];
}

/** Which measurements a baseline does not use, and why, one line each. */
export function skippedLines({ leftOut }: Pick<Baseline, 'leftOut'>): string[] {
  return leftOut.map(({ reason, serverIds }) => {
    const ids = serverIds.map((id) => printable(id, 100));
    return `Not used from ${plural(ids.length, 'server')} (${printable(reason, 150)}): ${shortList(ids, MAX_NAMED)}`;
  });
}
