import * as z from 'zod';
import { MAX_KEPT_BYTES } from '../../domain/jobs/output-limit.ts';
import { takes } from '../../domain/plans/command-output.ts';
import { isPrintable } from '../../domain/values/untrusted.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import { line, mapLike, size } from './schema-values.ts';

/** Of a benchmark or of a metric. */
export const benchmarkName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'is not a valid name: a-z, 0-9, "_" and "-", at most 40 characters' });

const pattern = z.string().min(1).max(1000);

const file = z
  .string()
  .max(200)
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/, {
    error: 'must be a file in the folder of the command, such as `result.json`',
  });

const path = z.string().min(1).max(1000);

const table = z.strictObject(
  {
    header: pattern.exactOptional().describe('Regular expression that matches the line with the names of the columns.'),
    title: pattern
      .exactOptional()
      .describe(
        'Regular expression that matches the line above the header; lines before it may tell equal ones apart.'
      ),
    row: line(60).exactOptional().describe('The first cell of the row. Default: all rows.'),
    column: line(60).exactOptional().describe('The name of the column. Default: all columns.'),
  },
  mapLike("{ header: 'Size +Time' }")
);

const deviceWords = ['index', 'row', 'column'] as const;

const device = z.union([z.enum(deviceWords), z.tuple([z.literal('row'), z.literal('column')])], {
  error: ({ input }) =>
    `must be index, row, column or [row, column]${typeof input === 'string' ? didYouMean(input, deviceWords) : ''}`,
});

/** `GB/s`, `bogo ops/s`, `µs`, `°C`, `%`, `m·s⁻²`, `x`, `USD/h`, `GFLOPS (FP32)` */
const NOT_IN_UNITS = /[^\p{L}\p{M}\p{N}\p{Sc} %‰°/·×*^⁻+()._-]/u;

const unit = line(30).refine((text) => !isPrintable(text) || !NOT_IN_UNITS.test(text), {
  error: ({ input }) => {
    const meant = String(input).replace(/(?<=\p{L})\\(?=\p{L})/u, '/');
    const hint = NOT_IN_UNITS.test(meant) ? '' : `; did you mean "${meant}"?`;
    return `has "${NOT_IN_UNITS.exec(String(input))?.[0]}", which no unit has${hint}`;
  },
});

const userMetric = z.strictObject(
  {
    pattern: pattern
      .exactOptional()
      .describe(
        'Regular expression that matches the output exactly once. Its first group, or the match, is the number. Groups with the names `value`, `unit` (converted), `device` and `list` say more.'
      ),
    json: path.exactOptional().describe('JSONPath (RFC 9535) in the JSON at the end of the output.'),
    yaml: path.exactOptional().describe('JSONPath (RFC 9535) in the YAML document of the output.'),
    table: table.exactOptional().describe('A table with blanks between its columns.'),
    file: file
      .exactOptional()
      .describe('The result file that has it, in the folder of the command. Default: its output.'),
    part: z
      .enum(['head', 'tail'])
      .exactOptional()
      .describe('Which part of a long output has it, if its middle is not kept.'),
    take: z
      .enum(takes)
      .exactOptional()
      .describe('Which of several values counts; `count` counts them. Default: once; with devices each.'),
    split: z.string().min(1).max(100).exactOptional().describe('The text between two parts of the group `list`.'),
    each: pattern.exactOptional().describe('Regular expression for each part of a list.'),
    device: device
      .exactOptional()
      .describe(
        'What tells the device: the `index` of the value, or its `row`, its `column` or both in a table or matrix.'
      ),
    absent: z
      .enum(['error', 'skip'])
      .exactOptional()
      .describe('What it means if a server does not print it. Default: error.'),
    unit: unit.describe('For example `events/s`.'),
    better: z.enum(['higher', 'lower']).default('higher').describe('Which values are better.'),
  },
  mapLike("{ pattern: 'score: (\\S+)', unit: points }")
);

const keptOutput = z
  .strictObject(
    {
      head: size(MAX_KEPT_BYTES).exactOptional().describe('From its beginning: `64 KiB`.'),
      tail: size(MAX_KEPT_BYTES).exactOptional().describe('From its end.'),
    },
    mapLike('{ head: 64 KiB, tail: 1 MiB }')
  )
  .refine((keep) => Object.keys(keep).length > 0, {
    error: 'must have a head or a tail',
    when: ({ issues }) => issues.length === 0,
  });

/** Above 128 a shell tells the signal that ended a program: it did not work. */
const EXIT_STATUS = /^(?:any|0|[1-9]\d?|1[01]\d|12[0-8]|1[6-9]\d|2[0-4]\d|25[0-5])$/;

const fault = z.strictObject(
  {
    pattern: pattern.exactOptional().describe('Regular expression. A group `device` names the device.'),
    json: path.exactOptional().describe('JSONPath (RFC 9535) to objects in the JSON at the end of the output.'),
    device: line(60).exactOptional().describe('The key of such an object that has the device, or several: `0,1`.'),
    says: line(60).describe('What it means: `wrong results`.'),
    verdict: z
      .enum(['fail', 'error'])
      .exactOptional()
      .describe('`error`: the benchmark did not work, which says nothing about the server. Default: fail.'),
  },
  mapLike('{ pattern: FAILED, says: wrong results }')
);

/** The keys of a command that say how its output is read. */
export const commandOutputKeys = {
  read: z
    .enum(['stdout', 'stderr', 'both'])
    .exactOptional()
    .describe('Where the command writes its results. Default: stdout.'),
  keep: keptOutput
    .exactOptional()
    .describe('How much of a long output is kept of each stream. Default: an output above 256 KiB is an error.'),
  require: z
    .array(pattern)
    .max(20)
    .exactOptional()
    .describe('Regular expressions that must match its output; otherwise it is an error.'),
  faults: z
    .array(fault)
    .max(20)
    .exactOptional()
    .describe('Signs of broken hardware in its output. Any of them is `fail`, however fast the server is.'),
  exit: z
    .record(
      z
        .string()
        .regex(EXIT_STATUS, { error: 'must be "any", or a number from 0 to 255 but 129 to 159, which are signals' }),
      z.enum(['ok', 'read', 'fail', 'error'])
    )
    .exactOptional()
    .describe(
      'What exit statuses mean. `read` or `ok`: the output decides; `fail`: the results are wrong; `error`: it did not work. Default: 0 is ok, any other is an error.'
    ),
  firstGpu: z
    .literal([0, 1])
    .exactOptional()
    .describe('By which number the tool calls the first GPU of the server. Default: its numbers are no GPUs.'),
  metrics: z
    .record(benchmarkName, userMetric)
    .exactOptional()
    .describe('Metrics in the output of the command: `score` of the benchmark `burn` is the metric `burn.score`.'),
};
