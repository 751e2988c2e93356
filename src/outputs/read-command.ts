import { Failure, type RowError } from '../domain/failures/failure.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { MeasuredDevice, Reading } from '../domain/measurements/measurement.ts';
import type { CommandMetric, CommandOutput } from '../domain/plans/command-output.ts';
import { hasJson, readDocumentsOnce } from './document.ts';
import { withinBudget } from './budget.ts';
import { findFaults, findMissing } from './find-faults.ts';
import type { OutputReader } from './output-reader.ts';
import { readMetric } from './read-metric.ts';
import { splitResultFiles } from './result-files.ts';
import { streamText, textFor, wasCut, type StreamText } from './stream-text.ts';

/** What a command wrote. */
export interface CommandText {
  stdout: string;
  stderr: string;
  /** Whether it ended by itself, and well: then a number at the very end is whole, even without the end of its line. */
  isComplete?: boolean;
}

/** What was read of one sample. */
export interface CommandReadings {
  readings: Reading[];
  devices: MeasuredDevice[];
  faults: Fault[];
  /** Why something could not be read: the first reason. All else is read all the same. */
  error: RowError | null;
}

/**
 * Reads the output of a command. A metric that cannot be read does not take the others with it; but if the output says that
 * nothing was measured, no number counts.
 */
export function readCommand(
  { read, metrics, require, faults: patterns }: CommandOutput,
  output: CommandText,
  outer: Omit<OutputReader, 'document'>
): CommandReadings {
  const size = output.stdout.length + output.stderr.length;
  const reader = { ...withinBudget(outer, size), document: readDocumentsOnce() };
  const { stdout, contents } = splitResultFiles(output.stdout, filesOf(metrics));
  const whole = (text: string): string =>
    output.isComplete && text !== '' && !text.endsWith('\n') ? `${text}\n` : text;
  const [out, err] = [stdout, output.stderr].map((text) => streamText(whole(text))) as [StreamText, StreamText];
  const texts = [out, err].flatMap(({ head, tail }) => (tail === null ? [head] : [head, tail]));
  const { faults, error } = findFaults(patterns, texts, reader);
  const unmeasured = error ?? findMissing(require, texts, reader);
  if (unmeasured !== null) return withDevices({ readings: [], faults, error: unmeasured }, reader);

  const streams = read === 'both' ? [out, err] : [read === 'stderr' ? err : out];
  const problems: string[] = [];
  const readings = metrics.flatMap((metric) => {
    try {
      const where =
        metric.file === null
          ? streams
          : contentOf(metric, contents, out).map(({ head, tail }) => ({ head: whole(head), tail }));
      return readIn(metric, where, reader);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(`${metric.metric}: ${error.message}`);
      return [];
    }
  });
  return withDevices({ readings, faults, error: summaryOf(problems) }, reader);
}

/** Adds the devices that have a reading or a fault. */
function withDevices(found: Omit<CommandReadings, 'devices'>, reader: OutputReader): CommandReadings {
  const named = new Set([...found.readings, ...found.faults].map(({ device }) => device));
  return { ...found, devices: reader.devices.devices.filter(({ device }) => named.has(device)) };
}

/** The result files that metrics need. */
export function filesOf(metrics: readonly CommandMetric[]): string[] {
  return [...new Set(metrics.flatMap(({ file }) => file ?? []))];
}

function readIn(metric: CommandMetric, streams: readonly StreamText[], reader: OutputReader): Reading[] {
  const texts = streams.map((stream) => textFor(metric, stream)).filter((text) => text !== '');
  const readings = readMetric(metric, withDocument(metric, texts), reader);
  const isCut = metric.part === null && streams.some(({ tail }) => tail !== null);
  if (readings.length === 0 && isCut) throw new Failure('UnreadableOutput', wasCut('of the output'));
  return readings;
}

/** A document may be in one of two streams. */
function withDocument({ source }: CommandMetric, texts: readonly string[]): readonly string[] {
  if (source.kind !== 'json') return texts;
  const some = texts.filter(hasJson);
  return some.length > 0 ? some : texts;
}

function contentOf(
  { file, absent }: CommandMetric,
  contents: ReadonlyMap<string, string>,
  out: StreamText
): StreamText[] {
  const content = contents.get(file!);
  if (content !== undefined) return [streamText(content)];
  if (out.tail !== null) throw new Failure('UnreadableOutput', wasCut(`before the end of ${file}`));
  if (absent === 'skip') return [];
  throw new Failure('UnreadableOutput', `the command wrote no file ${file}`);
}

function summaryOf([first, ...others]: readonly string[]): RowError | null {
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `; ${others.length} more could not be read`;
  return { type: 'UnreadableOutput', message: first + more };
}
