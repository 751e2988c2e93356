import type { RowError } from '../../domain/failures/failure.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { shortfallTexts } from '../../domain/verdicts/shortfalls.ts';
import { ownError, whyOf } from '../../domain/reports/said-once.ts';
import type { BenchmarkRow, RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';

const TEXT_LIMIT = 300;

/** What a report says of a server in one line, each line being about one thing. */
export interface ServerLine {
  serverId: string;
  verdict: Verdict;
  text: string;
}

/**
 * At least one line for a server: each metric that is short and each benchmark that could not be judged, or what was measured,
 * or why nothing was, the first with the notes of its row. Fit for a terminal: what the server said can neither end a line nor control anything.
 */
export function serverLines(row: ServerRow): ServerLine[] {
  const serverId = printable(row.serverId, 100);
  const error = ownError(row);
  const ownLines = error === null ? [] : [{ verdict: row.verdict, text: errorText(error) }];
  const told = [...ownLines, ...row.benchmarks.flatMap(problemLines)];
  const [first, ...others] = told.length > 0 ? told : plainLines(row);
  const noted = [first!.text, ...row.notes.map(printableText), ...truncationText(row)]
    .filter((part) => part !== '')
    .join('; ');
  return [{ ...first!, text: noted }, ...others].map((line) => ({ serverId, ...line }));
}

/** Of a server without a problem. */
function plainLines(row: ServerRow): Omit<ServerLine, 'serverId'>[] {
  const { verdict } = row;
  const why = whyOf(row);
  return (why === null ? measuredTexts(row) : [printableText(why)]).map((text) => ({ verdict, text }));
}

/** What a row of a large run had to leave out, and where that is. */
function truncationText({ truncated, temporalRunId }: ServerRow): string[] {
  if (!truncated) return []; // nor is it in a row of an earlier version
  const run = temporalRunId ? `, run ${printable(temporalRunId, 60)}` : '';
  const parts = printableText(truncated.parts.join(', '));
  return [`truncated: ${parts} (all of it: workflow ${printable(truncated.workflowId, 120)}${run})`];
}

function problemLines(row: BenchmarkRow): Omit<ServerLine, 'serverId'>[] {
  const { verdict, error } = row;
  const lines = shortfallTexts(row.shortfalls).map((text) => ({ verdict, text: printableText(text) }));
  if (verdict === 'fail' && lines.length === 0)
    lines.push({ verdict, text: printableText(row.reason ?? row.benchmark) });
  // A benchmark that is slow by one metric may be impossible to judge by another.
  if (error !== null && (verdict === 'error' || verdict === 'fail')) {
    lines.push({ verdict: 'error', text: printableText(`${row.benchmark}: ${error.type}: ${error.message}`) });
  }
  return lines;
}

function errorText({ type, message }: RowError): string {
  return printableText(`${type}: ${message}`);
}

/** `cpu.events_per_second 3,912 events/s, gpu.fp32_gflops 45,100 to 46,200 GFLOPS on 8 devices`: as many lines as it takes. */
function measuredTexts(row: ServerRow): string[] {
  const measured = row.benchmarks.flatMap(({ measurements }) => measurements);
  const byMetric = grouped(
    measured.filter(({ value }) => Number.isFinite(value)),
    ({ metric }) => metric
  );
  const lines: string[] = [];
  for (const [metric, of] of byMetric) {
    const text = printableText(`${metric} ${valuesText(of)}`);
    const line = lines.at(-1);
    if (line === undefined || line.length + text.length > TEXT_LIMIT) lines.push(text);
    else lines[lines.length - 1] = `${line}, ${text}`;
  }
  return lines.length > 0 ? lines : [''];
}

function valuesText(measurements: readonly RowMeasurement[]): string {
  const values = measurements.map(({ value }) => value);
  const [lowest, highest] = [formatNumber(Math.min(...values)), formatNumber(Math.max(...values))];
  const { unit } = measurements[0]!;
  if (values.length === 1) return `${lowest} ${unit}`;
  return `${lowest === highest ? lowest : `${lowest} to ${highest}`} ${unit} on ${values.length} devices`;
}

function printableText(text: string): string {
  return printable(text, TEXT_LIMIT);
}
