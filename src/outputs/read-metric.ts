import { Failure } from '../domain/failures/failure.ts';
import type { Reading } from '../domain/measurements/measurement.ts';
import { convert } from '../domain/measurements/units.ts';
import type { CommandMetric } from '../domain/plans/command-output.ts';
import { decimal, printable } from '../domain/values/untrusted.ts';
import type { FoundValue } from './found-value.ts';
import { metricValues } from './metric-values.ts';
import type { OutputReader } from './output-reader.ts';
import { shown } from './shown.ts';

/**
 * The readings of one metric in the texts of an output: one, or one for each device; none if it may be absent.
 * @throws Failure UnreadableOutput if the value is not there, not a number, or more than one
 */
export function readMetric(metric: CommandMetric, texts: readonly string[], reader: OutputReader): Reading[] {
  const all = texts.flatMap((each) => metricValues(metric, each, reader));
  if (metric.take === 'count') return [readingOf(metric, all.length, null)];
  const named = all.map((each, index) => ({ ...each, device: deviceOf(metric, each, index) }));
  const found = metric.absent === 'skip' ? named.filter(({ text }) => !isNothing(text)) : named;
  if (found.length === 0) {
    if (metric.absent === 'skip') return [];
    throw new Failure('UnreadableOutput', `${whereOf(metric)} finds nothing in ${shown(texts.join('\n'))}`);
  }
  const values = found.map((each) => ({ value: numberOf(metric, each), device: each.device }));
  return [...perDevice(values)].map(([device, ofDevice]) =>
    readingOf(metric, taken(metric, ofDevice, texts), device === null ? null : reader.devices.numberOf(device))
  );
}

/** What tools print where there is no value. */
function isNothing(text: string): boolean {
  return /^(?:|-|n\/?a|null|none)$/i.test(text.trim());
}

function deviceOf({ device: rule }: CommandMetric, { device, row = '', column = '' }: FoundValue, index: number) {
  if (rule === null) return device;
  if (rule === 'index') return String(index);
  if (rule === 'row') return row;
  return rule === 'column' ? column : `${row} > ${column}`;
}

interface NumberOfDevice {
  value: number;
  device: string | null;
}

function perDevice(values: readonly NumberOfDevice[]): Map<string | null, number[]> {
  const groups = new Map<string | null, number[]>();
  for (const { value, device } of values) groups.set(device, [...(groups.get(device) ?? []), value]);
  return groups;
}

/** The value that counts of those of one device, or of all if there are no devices. */
function taken(metric: CommandMetric, values: readonly number[], texts: readonly string[]): number {
  if (metric.take === 'min') return Math.min(...values);
  if (metric.take === 'max') return Math.max(...values);
  if (metric.take === 'first') return values[0]!;
  if (values.length === 1 || metric.take === 'last') return values.at(-1)!;
  const times = `${values.length} times, not once,`;
  throw new Failure('UnreadableOutput', `${whereOf(metric)} finds it ${times} in ${shown(texts.join('\n'))}`);
}

function numberOf(metric: CommandMetric, { text, where, unit, doubt }: FoundValue): number {
  const refuse = (what: string, why: string): Failure =>
    new Failure('UnreadableOutput', `${whereOf(metric)} finds ${shown(what)} ${printable(where, 80)}${why}`);
  const value = decimal(text);
  if (value === null) throw refuse(text, ', which is not a plain number');
  if (doubt !== null) throw refuse(text, `, but ${doubt}`);
  if (unit === null) return value;
  const converted = convert({ value, unit }, metric.unit);
  if (converted === null) throw refuse(`${text} ${unit}`, `: ${shown(unit)} cannot be converted to ${metric.unit}`);
  return converted;
}

/** `the pattern score: (\S+)`, `the JSONPath $.jobs[0].read.iops`, `the table Size +Time` */
function whereOf({ source }: CommandMetric): string {
  if (source.kind === 'pattern') return `the pattern ${source.pattern}`;
  return source.kind === 'table' ? `the table ${source.heading.pattern}` : `the JSONPath ${source.path}`;
}

function readingOf({ metric, unit, better }: CommandMetric, value: number, device: number | null): Reading {
  return { metric, unit, better, device, value };
}
