import type {
  ComparedRun,
  MetricShift,
  RunComparison,
  ServerOfOneRun,
  Shift,
  VerdictChange,
} from '../../domain/records/compare-runs.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { distinguishable, formatNumber } from '../../domain/values/numbers.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { countsText, plural, verdictText } from '../counts.ts';
import { reportText } from '../report-text.ts';
import { plain, type Style } from '../style.ts';
import { fit, sectionsText, timeFormat, wrapped } from '../table.ts';

export interface ComparisonOptions {
  style?: Style;
  /** Columns of the terminal. */
  width?: number;
  /** A time zone, for tests. */
  timeZone?: string | undefined;
}

const INDENT = '  ';
const MAX_NAMED = 10;

/** A shift is clear if its corrected p is below this. */
const SURE = 0.05;

/** Both runs, the servers whose verdict changed, and for each class and metric the shift of median and spread. */
export function comparisonText(comparison: RunComparison, options: ComparisonOptions = {}): string {
  const { style = plain, width = Infinity } = options;
  const { before, after, verdicts, onlyBefore, onlyAfter, metrics } = comparison;
  const head = [runLine('before', before, options), runLine('after', after, options)];
  const changed = verdicts.length === 0 ? 'no server' : plural(verdicts.length, 'server');
  const changes = [`${changed} with another verdict`, ...verdicts.map(changeText)];
  const ofOneRun = [...onlyText('first', onlyBefore), ...onlyText('second', onlyAfter)];
  const classes = [...grouped(metrics, ({ hardwareClass }) => hardwareClass)].map(([name, of]) => [
    style('strong', fit(`class ${name === null ? 'unknown' : reportText(name, 60)}`, width)),
    ...clearFirst(of).flatMap((each) => metricLines(each, metrics.length, { style, width })),
  ]);
  const method = `p: the probability of such a difference by chance, by the Wilcoxon signed-rank test on servers in both runs, corrected for ${plural(2 * metrics.length, 'comparison')} (Holm)`;
  const last = metrics.length === 0 ? 'no metric was measured on a server in both runs' : method;
  const lines = (texts: readonly string[]): string[] => texts.flatMap((text) => wrapped(text, width, INDENT));
  return sectionsText([
    lines(head),
    lines(changes).map((line, index) => (index === 0 ? style('strong', line) : line)),
    lines(ofOneRun),
    ...classes,
    lines([last]).map((line) => style('muted', line)),
  ]);
}

function runLine(
  name: string,
  { run, startedAt, note, counts, hasEnded }: ComparedRun,
  options: ComparisonOptions
): string {
  const about = [timeFormat(options.timeZone)(startedAt), ...(note === null ? [] : [reportText(note, 100)])].join(', ');
  const state = hasEnded ? '' : ', has not ended';
  return `${name}: ${reportText(run, 200)} (${about}): ${countsText({ counts })}${state}`;
}

function changeText({ serverId, before, after, reason }: VerdictChange): string {
  const why = reason === null ? '' : `: ${reportText(reason)}`;
  return `${reportText(serverId, 100)} ${verdictText(before)} -> ${verdictText(after)}${why}`;
}

/** `only in the first run (14): web-3 (fail), web-4, web-5 and 11 more` */
function onlyText(which: string, servers: readonly ServerOfOneRun[]): string[] {
  if (servers.length === 0) return [];
  const names = servers.map(({ serverId, verdict }) => {
    const name = reportText(serverId, 100);
    return verdict === 'pass' ? name : `${name} (${verdictText(verdict)})`;
  });
  return [`only in the ${which} run (${servers.length}): ${shortList(names, MAX_NAMED)}`];
}

function clearFirst(shifts: readonly MetricShift[]): MetricShift[] {
  const isClear = ({ median, spread }: MetricShift): boolean => median.adjustedP < SURE || spread.adjustedP < SURE;
  return [...shifts.filter(isClear), ...shifts.filter((each) => !isClear(each))];
}

function metricLines(
  { metric, unit, better, servers, median, spread }: MetricShift,
  metrics: number,
  { style, width }: { style: Style; width: number }
): string[] {
  // The smallest possible p of so few servers is not below the limit.
  const canBeSure = (2 / 2 ** servers) * 2 * metrics < SURE;
  const isSame = median.before === median.after;
  const [before, after] = isSame
    ? [formatNumber(median.before), formatNumber(median.after)]
    : distinguishable(median.before, median.after);
  const share = median.before === 0 ? '' : ` (${signed((median.change / Math.abs(median.before)) * 100)} %)`;
  const sure = (shift: Shift, isGood: boolean, words: readonly [good: string, bad: string]): string => {
    if (shift.adjustedP < SURE) return `${words[isGood ? 0 : 1]}, ${pText(shift.adjustedP)}`;
    return canBeSure ? `no clear change, ${pText(shift.adjustedP)}` : 'too few servers to be sure';
  };
  const ofMedian = sure(median, median.change > 0 === (better === 'higher'), ['better', 'worse']);
  const ofSpread = sure(spread, spread.change < 0, ['steadier', 'less steady']);
  const percent = (number: number): string => `${formatNumber(number * 100, 1)} %`;
  const role = median.adjustedP < SURE ? (ofMedian.startsWith('better') ? 'good' : 'bad') : null;
  const text = `${INDENT}${reportText(metric, 120)}, ${plural(servers, 'server')}: ${before} -> ${after} ${reportText(unit, 40)}${share}, ${ofMedian}`;
  const spreadText = `${INDENT}${INDENT}spread ${percent(spread.before)} -> ${percent(spread.after)}, ${ofSpread}`;
  const colour = (line: string): string => (role === null ? line : style(role, line));
  return [...wrapped(text, width, INDENT + INDENT).map(colour), ...wrapped(spreadText, width, INDENT.repeat(3))];
}

function signed(percent: number): string {
  const text = formatNumber(percent, 1);
  return percent > 0 && text !== '0' ? `+${text}` : text === '-0' ? '0' : text;
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${formatNumber(p, p < 0.1 ? 3 : 2)}`;
}
