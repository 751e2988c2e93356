import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { adviceLines } from '../runs/advice-lines.ts';
import { countsText, durationText, plural, stateText } from '../counts.ts';
import { checkedServerBlock, classText, cpusText, gpusText, memoryText, problemsOf } from './checked-server-block.ts';
import { plain, verdictRole, worstLast, type Style } from '../style.ts';
import { sectionsText, table } from '../table.ts';

/** A larger fleet is shown as one line for each server, plus one for each problem. */
const MAX_BLOCKS = 6;

const MORE = `For login, system, tools, free space and clock, use --json, or --limit to at most ${MAX_BLOCKS} servers.`;

/** The report of a check for a terminal: totals, then servers (not ready ones last), then advice. */
export function checkText(report: FleetReport, style: Style = plain): string {
  const servers = worstLast(report.servers);
  const parts =
    servers.length <= MAX_BLOCKS
      ? servers.map((row) => [headline(row, style), ...checkedServerBlock(row, style)])
      : [serverRows(servers, style), [style('muted', MORE)]];
  return sectionsText([totals(report, style), ...parts, adviceLines(servers, style)]);
}

function totals(report: FleetReport, style: Style): string[] {
  const { requested, seconds, note } = report;
  const checked = `${plural(requested, 'server')} checked in ${durationText(seconds)}: ${countsText(report)}`;
  const line = style('strong', checked);
  return note === null ? [line] : [line, `note: ${printable(note, 300)}`];
}

function headline({ serverId, verdict }: ServerRow, style: Style): string {
  return `${style('strong', printable(serverId, 100))} ${style(verdictRole(verdict), stateText(verdict))}`;
}

function serverRows(servers: readonly ServerRow[], style: Style): string[] {
  const rows = servers.map((row) => [
    printable(row.serverId, 100),
    { text: stateText(row.verdict), role: verdictRole(row.verdict) },
    ...[classText(row), cpusText(row), memoryText(row), gpusText(row), toolsText(row)],
  ]);
  return table(rows, style).flatMap((line, index) => [line, ...problemsOf(servers[index]!).map((text) => `  ${text}`)]);
}

function toolsText({ readiness }: ServerRow): string {
  const found = (readiness?.tools ?? []).filter((tool) => tool.found).map(({ tool }) => printable(tool, 40));
  return [...new Set(found)].join(' ');
}
