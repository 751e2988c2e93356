import { formatNumber } from '../domain/numbers.ts';
import { shortfallTexts } from '../domain/shortfalls.ts';
import type { BenchmarkRow, RowMeasurement, ServerRow } from '../domain/server-row.ts';
import { printable } from '../domain/untrusted.ts';
import type { Verdict } from '../domain/verdict.ts';

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
  const problems = row.benchmarks.flatMap(problemLines);
  const text = clean(errorText(row) ?? row.reason ?? measuredText(row));
  const [first = { verdict: row.verdict, text }, ...others] = problems;
  const noted = [first.text, ...row.notes.map(clean)].filter((part) => part !== '').join('; ');
  return [{ ...first, text: noted }, ...others].map((line) => ({ serverId, ...line }));
}

function problemLines(row: BenchmarkRow): Omit<ServerLine, 'serverId'>[] {
  const { verdict, error } = row;
  const lines = shortfallTexts(row.shortfalls).map((text) => ({ verdict, text: clean(text) }));
  if (verdict === 'fail' && lines.length === 0) lines.push({ verdict, text: clean(row.reason ?? row.benchmark) });
  // A benchmark that is slow by one metric may be impossible to judge by another.
  if (error !== null && (verdict === 'error' || verdict === 'fail')) {
    lines.push({ verdict: 'error', text: clean(`${row.benchmark}: ${errorText(row)}`) });
  }
  return lines;
}

function errorText({ error }: Pick<ServerRow, 'error'>): string | null {
  return error && `${error.type}: ${error.message}`;
}

/** `cpu.events_per_second 3,912 events/s, gpu.fp32_gflops 45,100 to 46,200 GFLOPS on 8 devices` */
function measuredText(row: ServerRow): string {
  const byMetric = new Map<string, RowMeasurement[]>();
  for (const measurement of row.benchmarks.flatMap(({ measurements }) => measurements)) {
    if (!Number.isFinite(measurement.value)) continue;
    byMetric.set(measurement.metric, [...(byMetric.get(measurement.metric) ?? []), measurement]);
  }
  return [...byMetric].map(([metric, of]) => `${metric} ${valuesText(of)}`).join(', ');
}

function valuesText(measurements: readonly RowMeasurement[]): string {
  const values = measurements.map(({ value }) => value);
  const [lowest, highest] = [formatNumber(Math.min(...values)), formatNumber(Math.max(...values))];
  const { unit } = measurements[0]!;
  if (values.length === 1) return `${lowest} ${unit}`;
  return `${lowest === highest ? lowest : `${lowest} to ${highest}`} ${unit} on ${values.length} devices`;
}

function clean(text: string): string {
  return printable(text, TEXT_LIMIT);
}
