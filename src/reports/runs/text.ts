import prettyMilliseconds from 'pretty-ms';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';
import { adviceLines } from './advice-lines.ts';
import { classesText, countsText, passedWithout, plural, verdictText } from '../counts.ts';
import { serverLines } from './server-lines.ts';
import { plain, verdictRole } from '../style.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';

/** If more servers than this passed, none of them is listed. */
const MAX_PASSED_SHOWN = 20;

/** The most important verdicts come last, where they stay visible on a terminal. */
const order: readonly Verdict[] = ['pass', 'measured', 'skip', 'not_reached', 'cancelled', 'busy', 'error', 'fail'];

/**
 * The report for a terminal: totals, a table of the servers that did not fail, advice for each kind of failure, and at the
 * end the servers that fell short: server id, verdict, metric, measured and expected value.
 */
export function textReport(report: FleetReport, style: Style = plain): string {
  const { servers, counts } = report;
  const passed = counts.pass <= MAX_PASSED_SHOWN;
  const listed = servers.filter(({ verdict }) => verdict !== 'fail' && (verdict !== 'pass' || passed));
  const sections = [totals(report, style), serverTable(inOrder(listed), style), adviceLines(servers, style)];
  sections.push(failedLines(servers, style));
  const told = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${told.join('\n\n')}\n`;
}

function totals(report: FleetReport, style: Style): string[] {
  const { requested, counts, seconds, note } = report;
  const duration = prettyMilliseconds(Math.max(0, seconds) * 1000, { secondsDecimalDigits: 0 });
  const lines = [style('strong', `${plural(requested, 'server')} in ${duration}: ${countsText(counts)}`)];
  const sample = sampleText(report);
  if (sample !== null) lines.push(sample);
  if (note !== null) lines.push(`note: ${printable(note, 300)}`);
  const classes = classesText(report);
  if (classes !== null) lines.push(`classes: ${classes}`);
  return [...lines, ...passedWithout(report)];
}

/** How to select the same servers again: `sample of 5 of 43 servers, seed 12345`. */
function sampleText({ selection, requested }: FleetReport): string | null {
  if (!selection || selection.sample === null) return null;
  return `sample of ${requested} of ${plural(selection.of, 'server')}, seed ${String(selection.seed)}`;
}

function inOrder(servers: readonly ServerRow[]): ServerRow[] {
  return [...servers].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

function serverTable(servers: readonly ServerRow[], style: Style): string[] {
  const lines = servers.flatMap(serverLines);
  const rows = lines.map(({ serverId, verdict, text }) => [
    { text: serverId },
    { text: verdictText(verdict), role: verdictRole(verdict) },
    { text },
  ]);
  return table(rows, style);
}

/** Unaligned, so that `cut` and `awk` can read them: `web-7 fail cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)`. */
function failedLines(servers: readonly ServerRow[], style: Style): string[] {
  const lines = servers.filter(({ verdict }) => verdict === 'fail').flatMap(serverLines);
  return lines.map(({ serverId, verdict, text }) => `${serverId} ${style(verdictRole(verdict), verdict)} ${text}`);
}
