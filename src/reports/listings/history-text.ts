import { textWidth } from '../text-width.ts';
import {
  isShort,
  type HistoryRun,
  type HistorySeries,
  type ServerHistory,
} from '../../domain/records/server-history.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { countVerdicts, verdicts } from '../../domain/verdicts/verdict.ts';
import { plural, verdictText } from '../counts.ts';
import { reportText } from '../report-text.ts';
import { plain, verdictRole, type Style } from '../style.ts';
import { fit, headRow, sectionsText, table, timeFormat, wrapped } from '../table.ts';
import { asciiBlocks, unicodeBlocks } from './block-line.ts';
import { historyPlot } from './history-plot.ts';

export interface HistoryOptions {
  style?: Style;
  /** Columns of the terminal. */
  width?: number;
  /** Whether the terminal shows block characters. */
  isUnicode?: boolean;
  /** Whether to list the values of each run, too. */
  withValues?: boolean;
  /** A time zone, for tests. */
  timeZone?: string | undefined;
}

const INDENT = '  ';
const SHORT_WIDTH = ' short'.length;

/** Narrower reasons say nothing: they get a line of their own. */
const MIN_REASON_WIDTH = 20;

/** The runs of a server with its verdicts, the newest last, then a plot for each metric. */
export function historyText(history: ServerHistory, options: HistoryOptions = {}): string {
  const { style = plain, width = Infinity, isUnicode = true, withValues = false } = options;
  const { serverId, runs, series } = history;
  const counts = countVerdicts(runs.map(({ verdict }) => verdict));
  const shown = verdicts.filter((verdict) => counts[verdict] > 0);
  const totals = shown.map((verdict) => `${counts[verdict]} ${verdictText(verdict)}`).join(', ');
  const head = wrapped(`${reportText(serverId, 100)}: ${plural(runs.length, 'run')}, ${totals}`, width, INDENT);
  const blocks = isUnicode ? unicodeBlocks : asciiBlocks;
  const metrics = lastShortFirst(series).map((each) => [
    ...historyPlot(each, { blocks, width, style }),
    ...(withValues ? valueLines(each, runs, options) : []),
  ]);
  return sectionsText([head.map((line) => style('strong', line)), runLines(runs, options), ...metrics]);
}

/** Of each metric, the devices that missed a limit come first, the last ones of them at the top. */
function lastShortFirst(series: readonly HistorySeries[]): HistorySeries[] {
  const lastShort = ({ points }: HistorySeries): number => points.findLastIndex((point) => point && isShort(point));
  const byMetric = [...grouped(series, ({ metric }) => metric).values()];
  return byMetric.flatMap((of) => [...of].sort((a, b) => lastShort(b) - lastShort(a)));
}

function runLines(runs: readonly HistoryRun[], options: HistoryOptions): string[] {
  const { style = plain, width = Infinity, timeZone } = options;
  const startOf = timeFormat(timeZone);
  const cells = runs.map((run) => ({
    run,
    when: startOf(run.startedAt),
    id: reportText(run.run, 200),
    why: [...(run.hasEnded ? [] : ['the run has not ended']), ...(run.reason === null ? [] : [run.reason])].join('; '),
  }));
  const widest = (texts: readonly string[]): number => texts.reduce((max, text) => Math.max(max, textWidth(text)), 0);
  const columns = [
    widest(cells.map(({ when }) => when)),
    widest(['verdict', ...cells.map(({ run }) => verdictText(run.verdict))]),
    widest(cells.map(({ id }) => id)),
  ];
  const room = width - columns.reduce((sum, each) => sum + each + 1, 0);
  if (room < (cells.some(({ why }) => why !== '') ? MIN_REASON_WIDTH : -1)) {
    return cells.flatMap(({ run, when, id, why }) => {
      const verdict = style(verdictRole(run.verdict), verdictText(run.verdict));
      const lines = [
        fit(`${INDENT}${id}`, width),
        ...(why === '' ? [] : wrapped(INDENT + reportText(why), width, INDENT)),
      ];
      return [`${when} ${verdict}`, ...lines];
    });
  }
  const rows = cells.map(({ run, when, id, why }) => [
    when,
    { text: verdictText(run.verdict), role: verdictRole(run.verdict) },
    id,
    fit(reportText(why), room),
  ]);
  return table([headRow('started', 'verdict', 'run', ''), ...rows], style);
}

/** One line for each run that measured it. */
function valueLines(series: HistorySeries, runs: readonly HistoryRun[], options: HistoryOptions): string[] {
  const { style = plain, width = Infinity, timeZone } = options;
  const startOf = timeFormat(timeZone);
  return series.points.flatMap((point, index) => {
    if (point === null) return [];
    const { value, spread } = point;
    const number = value === null ? 'no number' : formatNumber(value);
    const range = spread === null ? '' : ` (spread ${formatNumber(spread * 100, 1)} %)`;
    const short = isShort(point) ? ` ${style('bad', 'short')}` : '';
    const when = startOf(runs[index]!.startedAt);
    return [`${INDENT}${fit(`${when} ${number}${range}`, width - INDENT.length - SHORT_WIDTH)}${short}`];
  });
}
