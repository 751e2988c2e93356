import { median } from '../../domain/measurements/statistics.ts';
import { isShort, type HistoryPoint, type HistorySeries } from '../../domain/records/server-history.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { deviceText } from '../../domain/verdicts/shortfalls.ts';
import { reportText } from '../report-text.ts';
import type { Style } from '../style.ts';
import { wrapped } from '../table.ts';
import { blockOf, inParts, plotRange, type Blocks } from './block-line.ts';

const INDENT = '  ';

/** More columns are hard to count. */
const MAX_COLUMNS = 120;

/** The name of a metric and of its device: `gpu.fp32_gflops of device 3 (0000:c1:00.0)`. */
export function seriesName({ metric, device, address }: Pick<HistorySeries, 'metric' | 'device' | 'address'>): string {
  return device === null ? reportText(metric, 120) : reportText(`${metric} of ${deviceText(device, address)}`, 200);
}

/**
 * A metric as lines: its name, one character for each run, marks under those that missed their limit, and the limit with its
 * height in the plot. With more runs than columns, a character is the worst of several runs.
 */
export function historyPlot(
  series: HistorySeries,
  { blocks, width, style }: { blocks: Blocks; width: number; style: Style }
): string[] {
  const { unit, better, points } = series;
  const measured = points.filter((point) => point !== null);
  const values = measured.flatMap(({ value }) => value ?? []);
  const title = wrapped(`${seriesName(series)} (${reportText(unit, 40)}, ${better} is better)`, width, INDENT);
  if (values.length === 0) return [...title, `${INDENT}no number in these runs`];
  const limits = limitsOf(measured.findLast(({ min, max }) => min !== null || max !== null));
  const range = plotRange([...values, ...limits.map(({ expected }) => expected)]);
  const parts = inParts(points, Math.min(width - INDENT.length, MAX_COLUMNS)).map((part) => worstOf(part, better));
  const line = parts.map(({ value }) => blockOf(value, range, blocks)).join('');
  const marks = parts.map(({ isShort: short }) => (short ? '^' : ' ')).join('');
  const limitTexts = limits.map(({ comparison, expected }) => {
    return `limit ${comparison} ${formatNumber(expected)} (${blockOf(expected, range, blocks)})`;
  });
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const facts = [
    ...limitTexts,
    low === high ? `always ${formatNumber(low)}` : `${formatNumber(low)} to ${formatNumber(high)}`,
    ...(low === high ? [] : [`median ${formatNumber(median(values))}`, `last ${formatNumber(values.at(-1)!)}`]),
    ...(parts.length < points.length
      ? [`each column: the worst of ${Math.ceil(points.length / parts.length)} runs`]
      : []),
  ];
  return [
    ...title.map((text) => style('strong', text)),
    INDENT + line,
    ...(marks.trim() === '' ? [] : [INDENT + style('bad', marks.trimEnd())]),
    ...wrapped(`${INDENT}${facts.join(', ')}`, width, INDENT),
  ];
}

interface Limit {
  comparison: '>=' | '<=';
  expected: number;
}

function limitsOf(point: HistoryPoint | undefined): Limit[] {
  const { min = null, max = null } = point ?? {};
  return [
    ...(min === null ? [] : [{ comparison: '>=' as const, expected: min }]),
    ...(max === null ? [] : [{ comparison: '<=' as const, expected: max }]),
  ];
}

/** One that missed its limit, else the lowest value if higher ones are better, else the highest. */
function worstOf(
  part: readonly (HistoryPoint | null)[],
  better: HistorySeries['better']
): { value: number | null; isShort: boolean } {
  const measured = part.filter((point) => point !== null);
  const short = measured.filter(isShort);
  const values = (short.length > 0 ? short : measured).flatMap(({ value }) => value ?? []);
  const worst = better === 'higher' ? Math.min(...values) : Math.max(...values);
  return { value: values.length === 0 ? null : worst, isShort: short.length > 0 };
}
