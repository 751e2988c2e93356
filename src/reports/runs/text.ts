import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { RUN_NOT_ENDED } from '../../domain/reports/unfinished-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { retryText } from '../../domain/records/retry.ts';
import { wrongResultsFirst } from '../../domain/verdicts/shortfall-advice.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { actionTable } from './action-lines.ts';
import { adviceLines } from './advice-lines.ts';
import { classesText, countsText, durationText, passedWithout, plural, sampleText, verdictText } from '../counts.ts';
import { serverLines } from './server-lines.ts';
import { plain, verdictRole, worstLast, type Style } from '../style.ts';
import { sectionsText, table, wrapped } from '../table.ts';

const INDENT = '  ';

/** If more servers than this passed, none of them is listed. */
const MAX_PASSED_SHOWN = 20;

/**
 * The report for a terminal: totals, a table of the servers that did not fail, advice for each kind of failure, and at the
 * end the servers that fell short: server id, verdict, metric, measured and expected value.
 */
export function textReport(report: FleetReport, style: Style = plain, width = Infinity): string {
  const { servers, counts } = report;
  const passed = counts.pass <= MAX_PASSED_SHOWN;
  const listed = servers.filter(({ verdict }) => verdict !== 'fail' && (verdict !== 'pass' || passed));
  return sectionsText([
    totals(report, style, width),
    serverTable(worstLast(listed), style, width),
    adviceLines(servers, style, width),
    actionTable(report, style, width),
    failedLines(servers, style, width),
  ]);
}

function totals(report: FleetReport, style: Style, width: number): string[] {
  const { requested, seconds, note } = report;
  const retried = retryText(report.retryOf, note);
  const line = `${plural(requested, 'server')} in ${durationText(seconds)}: ${countsText(report)}`;
  const lines: string[] = [];
  if (report.unfinished) lines.push(RUN_NOT_ENDED);
  const sample = sampleText(report.selection);
  if (sample !== null) lines.push(sample);
  if (retried !== null) lines.push(retried);
  if (note !== null) lines.push(`note: ${printable(note, 300)}`);
  const classes = classesText(report);
  if (classes !== null) lines.push(`classes: ${classes}`);
  const head = wrapped(line, width, INDENT).map((part) => style('strong', part));
  return [...head, ...[...lines, ...passedWithout(report)].flatMap((text) => wrapped(text, width, INDENT))];
}

function serverTable(servers: readonly ServerRow[], style: Style, width: number): string[] {
  const lines = servers.flatMap(serverLines);
  const rows = lines.map(({ serverId, verdict, text }) => [
    serverId,
    { text: verdictText(verdict), role: verdictRole(verdict) },
    text,
  ]);
  return table(rows, style, width);
}

/** Unaligned, so that `cut` and `awk` can read them: `web-7 fail cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)`. */
function failedLines(servers: readonly ServerRow[], style: Style, width: number): string[] {
  const lines = wrongResultsFirst(servers.filter(({ verdict }) => verdict === 'fail')).flatMap(serverLines);
  return lines.flatMap(({ serverId, verdict, text }) => {
    const [first, ...more] = wrapped(`${serverId} ${verdict} ${text}`, width, INDENT);
    return [first!.replace(` ${verdict}`, () => ` ${style(verdictRole(verdict), verdict)}`), ...more];
  });
}
