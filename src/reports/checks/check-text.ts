import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';
import { adviceLines } from '../runs/advice-lines.ts';
import { checkedServerBlock } from './checked-server-block.ts';
import { checkCountsText, plural, stateText } from '../counts.ts';
import { durationText } from '../duration-text.ts';
import { classText, cpusText, gpusText, memoryText, problemsOf } from './readiness-text.ts';
import { plain, verdictRole } from '../style.ts';
import type { Style } from '../style.ts';
import { table } from '../table.ts';

/** A larger fleet is shown as one line for each server, plus one for each problem. */
const MAX_BLOCKS = 6;

const MORE = `For login, system, tools, free space and clock, use --json, or --limit to at most ${MAX_BLOCKS} servers.`;

/** The most important verdicts come last, where they stay visible on a terminal. */
const order: readonly Verdict[] = ['pass', 'measured', 'skip', 'not_reached', 'cancelled', 'busy', 'error', 'fail'];

/** The report of a check for a terminal: totals, then servers (not ready ones last), then advice. */
export function checkText(report: FleetReport, style: Style = plain): string {
  const servers = [...report.servers].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const parts =
    servers.length <= MAX_BLOCKS
      ? servers.map((row) => [headline(row, style), ...checkedServerBlock(row, style)])
      : [serverRows(servers, style), [style('muted', MORE)]];
  const sections = [totals(report, style), ...parts, adviceLines(servers, style)];
  const text = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function totals({ requested, seconds, counts, note }: FleetReport, style: Style): string[] {
  const checked = `${plural(requested, 'server')} checked in ${durationText(seconds)}: ${checkCountsText(counts)}`;
  const line = style('strong', checked);
  return note === null ? [line] : [line, `note: ${printable(note, 300)}`];
}

function headline({ serverId, verdict }: ServerRow, style: Style): string {
  return `${style('strong', printable(serverId, 100))} ${style(verdictRole(verdict), stateText(verdict))}`;
}

function serverRows(servers: readonly ServerRow[], style: Style): string[] {
  const rows = servers.map((row) => [
    { text: printable(row.serverId, 100) },
    { text: stateText(row.verdict), role: verdictRole(row.verdict) },
    ...[classText(row), cpusText(row), memoryText(row), gpusText(row), toolsText(row)].map((text) => ({ text })),
  ]);
  return table(rows, style).flatMap((line, index) => [line, ...problemsOf(servers[index]!).map((text) => `  ${text}`)]);
}

function toolsText({ readiness }: ServerRow): string {
  const found = (readiness?.tools ?? []).filter((tool) => tool.found).map(({ tool }) => printable(tool, 40));
  return [...new Set(found)].join(' ');
}
