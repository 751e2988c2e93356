import type { BenchmarkPlan } from '../../domain/plans/plan.ts';
import { advice, isFailureKind } from '../../domain/failures/failure.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { limitsOf, type Limit } from '../../domain/verdicts/expectation.ts';
import type { BenchmarkRow, RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { verdictText } from '../counts.ts';
import { markdownText } from './markdown.ts';
import { valuesText } from './server-lines.ts';

/** Temporal refuses details above 20,000 bytes. */
const MAX_LINES = 60;

const TEXT_LIMIT = 160;

const REASON_LIMIT = 1_000;

/**
 * What is known of a server so far, in Markdown for the Temporal Web UI: a line for each metric with its limit, and what is
 * still to be measured.
 * @param rows - of the benchmarks that were judged, in the order of the plan
 * @param sample - of the next benchmark, which is being measured: `2 of 3`
 */
export function serverMarkdown(
  serverId: string,
  hardwareClass: string,
  plan: readonly BenchmarkPlan[],
  rows: readonly BenchmarkRow[],
  sample?: string
): string {
  const head = `**${markdownText(serverId)}** ${markdownText(printable(hardwareClass, TEXT_LIMIT))}: ${rows.length} of ${plan.length} benchmarks done`;
  const lines = plan.flatMap((planned, index) => {
    const running = `running${sample === undefined ? '' : `, sample ${sample}`}`;
    return benchmarkLines(planned, rows[index], index === rows.length ? running : 'waiting');
  });
  const shown = lines.slice(0, MAX_LINES).map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  const more = lines.length > MAX_LINES ? [`\nand ${lines.length - MAX_LINES} more`] : [];
  const table = ['| benchmark | verdict | measured | expected |', '| --- | --- | --- | --- |', ...shown, ...more];
  return `${head}\n\n${table.join('\n')}`;
}

/** Why nothing was measured on a server, and what to do. Null: its row says no reason. */
export function unmeasuredMarkdown({ serverId, verdict, error }: ServerRow): string | null {
  if (error === null) return null;
  const why = printable(`${error.type}: ${error.message}`, REASON_LIMIT);
  const todo = isFailureKind(error.type) ? `\n\n${markdownText(advice[error.type])}` : '';
  return `**${markdownText(serverId)}** ${markdownText(`${verdictText(verdict)}: ${why}`)}${todo}`;
}

type Line = [benchmark: string, verdict: string, measured: string, expected: string];

function benchmarkLines(
  { benchmark, expected }: BenchmarkPlan,
  row: BenchmarkRow | undefined,
  otherwise: string
): Line[] {
  if (row === undefined) return [[benchmark, otherwise, '', '']];
  const verdict = verdictText(row.verdict);
  const byMetric = [...grouped(row.measurements, ({ metric }) => metric)];
  const lines = byMetric.map(([metric, of]): Line => {
    const { better = 'higher', unit } = of[0]!;
    const limits = limitsOf(expected[metric] ?? {}, better);
    const limit = limits.map((each) => `${boundOf(each)} ${formatNumber(each.expected)} ${unit}`).join(', ');
    return [metric, verdict, measuredText(of), limit];
  });
  // A reason that repeats a number is not a line of its own.
  if (row.verdict !== 'pass' && row.verdict !== 'measured' && row.reason !== null)
    lines.unshift([benchmark, verdict, reasonText(row.reason, row), '']);
  return lines.length > 0 ? lines : [[benchmark, verdict, '', '']];
}

/** `Inconclusive: ...`, where an error is the reason. */
function reasonText(reason: string, { verdict, error }: BenchmarkRow): string {
  return verdict === 'error' && error !== null && !reason.startsWith(error.type) ? `${error.type}: ${reason}` : reason;
}

/** In words: a cell that begins with `>` would be a quotation. */
function boundOf({ comparison }: Limit): string {
  return comparison === '>=' ? 'at least' : 'at most';
}

function measuredText(of: readonly RowMeasurement[]): string {
  const { samples } = of[0]!;
  return `${valuesText(of)}${samples > 1 ? `, ${samples} samples` : ''}`;
}

function cell(text: string): string {
  return markdownText(printable(text, TEXT_LIMIT));
}
