import { ownError, reasonOf } from '../../domain/reports/duplicate-messages.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { reportText } from '../report-text.ts';
import { formatShortfall } from '../../domain/verdicts/shortfalls.ts';
import type {
  BenchmarkRow,
  MetricLimit,
  RowMeasurement,
  ServerRow,
  Shortfall,
} from '../../domain/verdicts/server-row.ts';
import { entriesOf } from './entries.ts';

/** The columns, in order. A contract: columns are only ever added at the end. */
export const csvColumns = [
  ...['run', 'started_at', 'server', 'class', 'verdict', 'benchmark', 'benchmark_verdict', 'tool', 'metric'],
  ...[
    'device',
    'device_address',
    'device_name',
    'value',
    'unit',
    'better',
    'samples',
    'spread',
    'min',
    'max',
    'problem',
  ],
] as const;

type Column = (typeof csvColumns)[number];
type Line = Partial<Record<Column, string | number | null>>;

/**
 * RFC 4180: one line for each measurement and device; one for each fault that a tool reported, each benchmark without
 * measurements, and each server without benchmarks. Each record is one line of text.
 */
export function csvText(report: FleetReport): string {
  const lines = report.servers.flatMap((row) =>
    serverLines(row).map((line) => ({ ...aboutServer(report, row), ...line }))
  );
  const records = lines.map((line: Line) => csvColumns.map((column) => cell(line[column])));
  return [csvColumns, ...records].map((record) => `${record.join(',')}\r\n`).join('');
}

function aboutServer({ run, startedAt }: FleetReport, row: ServerRow): Line {
  const { serverId, hardwareClass, verdict } = row;
  return { run, started_at: row.startedAt ?? startedAt, server: serverId, class: hardwareClass, verdict };
}

function serverLines(row: ServerRow): Line[] {
  const { hasOwn, benchmarks } = entriesOf(row);
  const own = ownError(row);
  const why = own === null ? reasonOf(row) : `${own.type}: ${own.message}`;
  return [...(hasOwn ? [{ problem: why }] : []), ...benchmarks.flatMap(benchmarkLines)];
}

function benchmarkLines(row: BenchmarkRow): Line[] {
  const { benchmark, tool, measurements, shortfalls, error } = row;
  const about: Line = { benchmark, benchmark_verdict: row.verdict, tool };
  const isSame = (a: Shortfall, b: RowMeasurement): boolean => a.metric === b.metric && a.device === b.device;
  const measured = measurements.map((each) => {
    const short = shortfalls.filter((shortfall) => isSame(shortfall, each));
    return { ...about, ...measurementCells(row, each), problem: short.map(formatShortfall).join('; ') };
  });
  const faults = shortfalls.filter((shortfall) => !measurements.some((each) => isSame(shortfall, each)));
  const lines = [...measured, ...faults.map((fault) => ({ ...about, ...faultCells(fault) }))];
  const why = error === null ? row.reason : `${error.type}: ${error.message}`;
  if (lines.length === 0) return [{ ...about, problem: why }];
  return error === null ? lines : lines.map((line) => ({ ...line, problem: line.problem || why }));
}

function measurementCells(row: BenchmarkRow, measurement: RowMeasurement): Line {
  const { metric, device, value, unit, samples, spread, better = 'higher' } = measurement;
  const known = row.devices?.find((each) => each.device === device);
  return {
    ...{ metric, device, device_address: known?.address ?? null, device_name: known?.name ?? null },
    ...{ value, unit, better, samples, spread, ...boundsOf(metric, row.limits ?? []) },
  };
}

/** The narrowest limits of a metric. */
function boundsOf(metric: string, limits: readonly MetricLimit[]): Line {
  const bounds = (comparison: string): number[] =>
    limits.flatMap((each) => (each.metric === metric && each.comparison === comparison ? each.expected : []));
  const [mins, maxs] = [bounds('>='), bounds('<=')];
  return {
    min: mins.length > 0 ? Math.max(...mins) : null,
    max: maxs.length > 0 ? Math.min(...maxs) : null,
  };
}

function faultCells(shortfall: Shortfall): Line {
  const { metric, device, address, measured, unit, comparison, expected } = shortfall;
  const bounds = boundsOf(metric, [{ metric, comparison, expected }]);
  return {
    metric,
    device,
    device_address: address ?? null,
    value: measured,
    unit,
    ...bounds,
    problem: formatShortfall(shortfall),
  };
}

const TEXT_LIMIT = 1000;

/** Characters with which a spreadsheet begins a formula, also in their wide forms. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/**
 * A text of a server could be a formula that a spreadsheet calculates: an apostrophe before it makes it a text.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = reportText(value, TEXT_LIMIT);
  const inert = FORMULA.test(text) ? `'${text}` : text;
  return /[",]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
