import type { RowError } from '../../domain/failures/failure.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { shortfallTexts } from '../../domain/verdicts/shortfalls.ts';
import { ownError, reasonOf } from '../../domain/reports/duplicate-messages.ts';
import type { BenchmarkRow, RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { marginText } from './margin-text.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { reportText } from '../report-text.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';

const TEXT_LIMIT = 300;

/** One line of a report about a server. */
export interface ServerLine {
  serverId: string;
  verdict: Verdict;
  text: string;
}

type Line = Omit<ServerLine, 'serverId'>;

/**
 * At least one line for a server: wrong results, then other shortfalls, then errors, or otherwise its measurements, or why it
 * was not measured. The first line includes the notes of the row. Text from the server is made printable.
 */
export function serverLines(row: ServerRow): ServerLine[] {
  const serverId = printable(row.serverId, 100);
  const error = ownError(row);
  const ownLines = error === null ? [] : [{ verdict: row.verdict, text: errorText(error) }];
  const problems = problemLines(row.benchmarks, ownLines);
  const [first, ...others] = problems.length > 0 ? problems : plainLines(row);
  const noted = [first!.text, ...row.notes.map(printableText), ...truncationText(row)]
    .filter((part) => part !== '')
    .join('; ');
  return [{ ...first!, text: noted }, ...others].map((line) => ({ serverId, ...line }));
}

/** Lines for a server without a problem. */
function plainLines(row: ServerRow): Line[] {
  const { verdict } = row;
  const why = reasonOf(row);
  return (why === null ? measuredTexts(row.benchmarks) : [printableText(why)]).map((text) => ({ verdict, text }));
}

/** Which parts of a row were truncated, and where to find them. */
function truncationText({ truncated, temporalRunId }: ServerRow): string[] {
  if (!truncated) return []; // rows of earlier versions do not have this field
  const run = temporalRunId ? `, run ${printable(temporalRunId, 60)}` : '';
  const parts = printableText(truncated.parts.join(', '));
  return [`truncated: ${parts} (in full: workflow ${printable(truncated.workflowId, 120)}${run})`];
}

/** Like {@link serverLines}, for one benchmark, without a server id. */
export function benchmarkLines(row: BenchmarkRow): Line[] {
  const problems = problemLines([row]);
  if (problems.length > 0) return problems;
  const why = row.reason ?? row.error?.message ?? null;
  return (why === null ? measuredTexts([row]) : [printableText(why)]).map((text) => ({ verdict: row.verdict, text }));
}

/** Only failures blame the hardware: no error stands before them. @param own - errors of the server itself */
function problemLines(benchmarks: readonly BenchmarkRow[], own: readonly Line[] = []): Line[] {
  const short = shortfallTexts(benchmarks.flatMap(({ shortfalls }) => shortfalls));
  const failed = benchmarks.filter(({ verdict, shortfalls }) => verdict === 'fail' && shortfalls.length === 0);
  const failures = [...short, ...failed.map(({ reason, benchmark }) => reason ?? benchmark)];
  // A benchmark can fail by one metric and have an error in another.
  const judged = benchmarks.filter(({ verdict }) => verdict === 'error' || verdict === 'fail');
  const errors = judged.flatMap(({ benchmark, error }) =>
    error ? `${benchmark}: ${error.type}: ${error.message}` : []
  );
  const linesOf = (verdict: Verdict, texts: readonly string[]): Line[] =>
    texts.map((text) => ({ verdict, text: printableText(text) }));
  return [...linesOf('fail', failures), ...own, ...linesOf('error', errors)];
}

function errorText({ type, message }: RowError): string {
  return printableText(`${type}: ${message}`);
}

/** `cpu.events_per_second 8,012 events/s (11 % to spare), gpu.fp32_gflops 45,100 to 46,200 GFLOPS on 8 devices`, wrapped into lines. */
function measuredTexts(benchmarks: readonly BenchmarkRow[]): string[] {
  const measured = benchmarks.flatMap(({ measurements }) => measurements);
  const limits = benchmarks.flatMap((each) => each.limits ?? []);
  const byMetric = grouped(
    measured.filter(({ value }) => Number.isFinite(value)),
    ({ metric }) => metric
  );
  const lines: string[] = [];
  for (const [metric, of] of byMetric) {
    const own = limits.filter((limit) => limit.metric === metric);
    const text = printableText(`${metric} ${valuesText(of)}${marginText(of, own)}`);
    const line = lines.at(-1);
    if (line === undefined || line.length + text.length > TEXT_LIMIT) lines.push(text);
    else lines[lines.length - 1] = `${line}, ${text}`;
  }
  return lines.length > 0 ? lines : [''];
}

/** `45,100 to 46,200 GFLOPS on 8 devices` for the measurements of one metric. */
export function valuesText(measurements: readonly RowMeasurement[]): string {
  const values = measurements.map(({ value }) => value);
  const [lowest, highest] = [formatNumber(Math.min(...values)), formatNumber(Math.max(...values))];
  const { unit } = measurements[0]!;
  if (values.length === 1) return `${lowest} ${unit}`;
  return `${lowest === highest ? lowest : `${lowest} to ${highest}`} ${unit} on ${values.length} devices`;
}

function printableText(text: string): string {
  return reportText(text, TEXT_LIMIT);
}
