import { Failure, type RowError } from '../domain/failures/failure.ts';
import { CUT_MARK } from '../domain/jobs/output-limit.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { MeasuredDevice, Reading } from '../domain/measurements/measurement.ts';
import type { CommandMetric, CommandOutput, OutputStream } from '../domain/plans/command-output.ts';
import { findFaults, findMissing } from './find-faults.ts';
import type { OutputReader } from './output-reader.ts';
import { readMetric } from './read-metric.ts';
import { splitResultFiles } from './result-files.ts';

/** What was read of one sample. */
export interface CommandReadings {
  readings: Reading[];
  devices: MeasuredDevice[];
  faults: Fault[];
  /** Why something could not be read: the first reason. All else is read all the same. */
  error: RowError | null;
}

/** Reads the output of a command. A metric that cannot be read does not take the others with it. */
export function readCommand(
  { read, metrics, require, faults: patterns }: CommandOutput,
  { stdout: printed, stderr }: { stdout: string; stderr: string },
  reader: OutputReader
): CommandReadings {
  const { stdout, contents } = splitResultFiles(printed, filesOf(metrics));
  const streams = streamsOf(read, { stdout, stderr }).map(piecesOf);
  const texts = streams.flat();
  const found = findFaults(patterns, texts, reader);
  const missing = findMissing(require, texts, reader);
  const problems: string[] = [];
  const readings = metrics.flatMap((metric) => {
    try {
      const where = metric.file === null ? streams : contentOf(metric, metric.file, contents);
      return readMetric(
        metric,
        where.flatMap((pieces) => piecesFor(metric, pieces)),
        reader
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(`${metric.metric}: ${error.message}`);
      return [];
    }
  });
  const error = found.error ?? missing ?? summaryOf(problems);
  return { readings, devices: reader.devices.devices, faults: found.faults, error };
}

/** The result files that metrics need. */
export function filesOf(metrics: readonly CommandMetric[]): string[] {
  return [...new Set(metrics.flatMap(({ file }) => file ?? []))];
}

function contentOf({ absent }: CommandMetric, file: string, contents: ReadonlyMap<string, string>): string[][] {
  const content = contents.get(file);
  if (content !== undefined) return [[content]];
  if (absent === 'skip') return [];
  throw new Failure('UnreadableOutput', `the command wrote no file ${file}`);
}

function summaryOf([first, ...others]: readonly string[]): RowError | null {
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `; ${others.length} more could not be read`;
  return { type: 'UnreadableOutput', message: first + more };
}

function streamsOf(read: OutputStream, { stdout, stderr }: { stdout: string; stderr: string }): string[] {
  if (read !== 'both') return [read === 'stderr' ? stderr : stdout];
  return [stdout, stderr].filter((text) => text !== '');
}

/** The parts of an output of which the middle was not kept, without the lines that were cut. */
function piecesOf(text: string): string[] {
  const [head, ...others] = text.split(`\n${CUT_MARK}\n`);
  if (others.length === 0) return [text];
  const tail = others.join('\n');
  const begin = /[\r\n]/.exec(tail);
  return [head!.replace(/[^\r\n]*$/, ''), begin === null ? '' : tail.slice(begin.index + 1)];
}

/** A value that is to be the last one is never one before the cut, and a document is at the end. */
function piecesFor({ take, source }: CommandMetric, pieces: readonly string[]): readonly string[] {
  if (take === 'first' && source.kind === 'pattern') return pieces.slice(0, 1);
  return take === 'last' || source.kind === 'json' || source.kind === 'yaml' ? pieces.slice(-1) : pieces;
}
