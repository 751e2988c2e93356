import { Failure } from '../domain/failures/failure.ts';
import type { Reading } from '../domain/measurements/measurement.ts';
import { convert } from '../domain/measurements/units.ts';
import type { CommandMetric, DeviceRule } from '../domain/plans/command-output.ts';
import { isSmallest, isUnderflow } from '../domain/values/numbers.ts';
import { decimal, printable } from '../domain/values/untrusted.ts';
import type { DeviceNumbers } from './device-numbers.ts';
import type { FoundValue } from './found-value.ts';
import { metricValues } from './metric-values.ts';
import type { OutputReader } from './output-reader.ts';
import { whatIsThere } from './path-values.ts';
import { shown } from './shown.ts';

const MAX_DEVICES = 1_024;

/**
 * The readings of one metric in the texts of an output: one, or one for each device; none if it may be absent.
 * @throws Failure UnreadableOutput if the value is not there, not a number, or more than one
 */
export function readMetric(metric: CommandMetric, texts: readonly string[], reader: OutputReader): Reading[] {
  const found = texts.flatMap((each) => metricValues(metric, each, reader));
  const byDevice = perDevice(metric, found, reader.devices);
  if (metric.take === 'count' && byDevice.size === 0) return [readingOf(metric, 0, null)];
  const readings = [...byDevice].flatMap(([device, values]) => {
    const value = takenOf(metric, values, texts);
    return value === null ? [] : [readingOf(metric, value, device)];
  });
  if (readings.length > 0 || metric.absent === 'skip') return readings;
  throw new Failure(
    'UnreadableOutput',
    `${whereOf(metric)} finds nothing in ${shown(texts.join('\n'))}${hintOf(metric, texts, reader)}`
  );
}

/** What is there instead. */
function hintOf({ source }: CommandMetric, texts: readonly string[], { limit, document }: OutputReader): string {
  const [text] = texts;
  if (text === undefined || source.kind === 'pattern' || source.kind === 'table') return '';
  const there = limit(text.length, () => whatIsThere(source.path, document(source.kind, text)));
  return there === null ? '' : `; ${there}`;
}

/** What tools print where there is no value. */
function isNothing({ text }: FoundValue): boolean {
  return /^(?:|-|n\/?a|null|none)$/i.test(text.trim());
}

/** The values of each device, by its number; of null if the metric has no devices. */
function perDevice(
  { device: rule }: CommandMetric,
  found: readonly FoundValue[],
  devices: DeviceNumbers
): Map<number | null, FoundValue[]> {
  const groups = new Map<number | null, FoundValue[]>();
  for (const [index, value] of found.entries()) {
    const name = nameOf(rule, value);
    const device =
      rule === 'index' ? devices.numberAt(value.place ?? index) : name === null ? null : devices.numberOf(name);
    const group = groups.get(device);
    if (group === undefined) groups.set(device, [value]);
    else group.push(value);
    if (groups.size > MAX_DEVICES) throw new Failure('UnreadableOutput', `it has more than ${MAX_DEVICES} devices`);
  }
  return groups;
}

function nameOf(rule: DeviceRule | null, { device, row = '', column = '' }: FoundValue): string | null {
  if (rule === null || rule === 'index') return device;
  if (rule === 'row') return row;
  return rule === 'column' ? column : `${row} > ${column}`;
}

/** The value that counts of those of one device, or of all if there are no devices; null: it may be absent, and is. */
function takenOf(metric: CommandMetric, values: readonly FoundValue[], texts: readonly string[]): number | null {
  const { take } = metric;
  if (take === 'count') return values.length;
  if (take === 'first' || take === 'last') return numberOf(metric, values.at(take === 'first' ? 0 : -1)!);
  const numbers = values.map((each) => numberOf(metric, each)).filter((each) => each !== null);
  if (numbers.length === 0) return null;
  if (take === 'min') return numbers.reduce((a, b) => Math.min(a, b));
  if (take === 'max') return numbers.reduce((a, b) => Math.max(a, b));
  if (values.length === 1) return numbers[0]!;
  const times = `${values.length} times, not once,`;
  throw new Failure('UnreadableOutput', `${whereOf(metric)} finds it ${times} in ${shown(texts.join('\n'))}`);
}

/** Null: it may be absent, and is. */
function numberOf(metric: CommandMetric, found: FoundValue): number | null {
  const { text, where, unit, doubt } = found;
  if (metric.absent === 'skip' && isNothing(found)) return null;
  const refuse = (what: string, why: string): Failure =>
    new Failure('UnreadableOutput', `${whereOf(metric)} finds ${shown(what)} ${printable(where(), 80)}${why}`);
  const value = decimal(text);
  if (value === null || isSmallest(value)) throw refuse(text, `, which is not a plain number${groupHint(metric)}`);
  if (doubt !== null) throw refuse(text, `, but ${doubt}`);
  if (unit === null) return value;
  const converted = convert({ value, unit }, metric.unit);
  if (converted === null) throw refuse(`${text} ${unit}`, `: ${shown(unit)} cannot be converted to ${metric.unit}`);
  if (Number.isFinite(converted) && !isUnderflow(text, converted)) return converted;
  throw refuse(`${text} ${unit}`, `, which is too large or too small for a number in ${metric.unit}`);
}

function groupHint({ source }: CommandMetric): string {
  const hasGroup = source.kind !== 'pattern' || /\((?!\?[:=!])/.test(source.pattern);
  return hasGroup ? '' : ': put ( ) around the number in the pattern';
}

/** `the pattern score: (\S+)`, `the JSONPath $.jobs[0].read.iops`, `the table Size +Time` */
function whereOf({ source }: CommandMetric): string {
  if (source.kind === 'pattern') return `the pattern ${source.pattern}`;
  return source.kind === 'table' ? `the table ${source.heading.pattern}` : `the JSONPath ${source.path}`;
}

function readingOf({ metric, unit, better, take }: CommandMetric, value: number, device: number | null): Reading {
  return { metric, unit, better, ...(take === 'count' && { exact: true }), device, value };
}
