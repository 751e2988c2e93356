import type { KeptOutput } from '../jobs/output-limit.ts';
import type { Metric } from '../measurements/measurement.ts';

/** How a command's output is read. The language is in docs/commands.md. */
export interface CommandOutput {
  /** What is kept of a long output; null: it must not be long. */
  keep: KeptOutput | null;
  /** Where metrics are searched. */
  read: OutputStream;
  metrics: CommandMetric[];
  /** Patterns that must match. */
  require: string[];
  faults: FaultSign[];
  exit: ExitRules;
  /** By which number the tool calls the first GPU of the server, 0 or 1; null: its numbers are no GPUs. */
  firstGpu: number | null;
}

export type OutputStream = 'stdout' | 'stderr' | 'both';

/** Which of several values counts. `each`: one for each device. */
export const takes = ['once', 'first', 'last', 'each', 'min', 'max', 'count'] as const;
export type Take = (typeof takes)[number];

/** A metric that is read from an output. */
export interface CommandMetric extends Metric {
  source: ValueSource;
  take: Take;
  /** What tells the device of a value, apart from a group `device`; null: nothing. */
  device: DeviceRule | null;
  /** The result file that has it, in the folder of the command; null: its output. */
  file: string | null;
  /** The part of a long output that has it, of which the middle was not kept; null: it is not said. */
  part: 'head' | 'tail' | null;
  /** Whether a server without it is an error. */
  absent: 'error' | 'skip';
}

/** `index`: the place in the list of values. `row`, `column`: of a table or of a JSON matrix; both: `0 > 1`. */
export type DeviceRule = 'index' | 'row' | 'column' | readonly ['row', 'column'];

/** Where the values of a metric are. */
export type ValueSource = PatternSource | PathSource | TableSource;

/** A JSONPath (RFC 9535) in a JSON or YAML document. */
export interface PathSource {
  kind: 'json' | 'yaml';
  path: string;
  /** The part of the path that is the list of the devices: 1 in `$.gpus[*].speed`; null: none, or it is unknown. */
  listPart: number | null;
}

/** A table whose columns are separated by blanks. Null: all rows, all columns. */
export interface TableSource {
  kind: 'table';
  /** The line with the names of the columns, or the title above it. */
  heading: { is: 'header' | 'title'; pattern: string };
  /** The first cell of the row. */
  row: string | null;
  /** The name of the column. */
  column: string | null;
}

/**
 * The named groups `value`, `unit`, `device` and `list` of a regular expression, or its first group, or its match. A `list`
 * is split at a text, and the expression `each` reads each part.
 */
export interface PatternSource {
  kind: 'pattern';
  pattern: string;
  list: { split: string; each: string } | null;
}

/** A sign in the output that a server is broken. */
export interface FaultSign {
  source: FaultSource;
  /** `wrong results` */
  says: string;
  /** `error`: the benchmark did not work, which says nothing about the server. */
  verdict: 'fail' | 'error';
}

/**
 * A regular expression, which may have a group `device`; or a JSONPath to objects, of which a key may have the device, or
 * several: `0,1,2`.
 */
export type FaultSource = { kind: 'pattern'; pattern: string } | { kind: 'json'; path: string; device: string | null };

/** What an exit status means. `read`: the output decides. `fail`: the results are wrong. `error`: it did not work. */
export type ExitMeaning = 'read' | 'fail' | 'error';

export interface ExitRules {
  /** By status. */
  meanings: Readonly<Record<string, ExitMeaning>>;
  /** Of all other statuses but 0, which is `read`, and those of a shell that could not start the command. */
  others: ExitMeaning;
}

/** By which a shell says that the command could not be executed, or was not found. */
const NOT_STARTED = [126, 127];

export function meaningOf({ meanings, others }: ExitRules, status: number): ExitMeaning {
  const named = meanings[status];
  if (named !== undefined || status === 0) return named ?? 'read';
  return NOT_STARTED.includes(status) ? 'error' : others;
}
