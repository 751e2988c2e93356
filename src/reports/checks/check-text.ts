import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { adviceLines } from '../runs/advice-lines.ts';
import { countsText, durationText, plural, stateText } from '../counts.ts';
import { checkedServerBlock, classText, cpusText, gpusText, memoryText, problemsOf } from './checked-server-block.ts';
import { plain, verdictRole, worstLast, type Style, type StyleRole } from '../style.ts';
import { fitsIn, sectionsText, table, tableRows, wrapped } from '../table.ts';

export interface CheckTextOptions {
  style?: Style;
  /** Columns of the terminal. */
  width?: number;
  /** Details of all servers. */
  withDetails?: boolean;
}

const MORE = 'For login, system, tools, free space and clock of the servers above, use --verbose.';
const INDENT = '  ';

/**
 * The report of a check: totals, a line for each server that is ready, skipped or busy, what is known of the others, then
 * advice. Of a busy server, only why: on a fleet at work, details of each one would hide the rest.
 */
export function checkText(report: FleetReport, options: CheckTextOptions = {}): string {
  const { style = plain, width = Infinity, withDetails = false } = options;
  const servers = worstLast(report.servers);
  const brief = servers.filter((row) => !withDetails && isBrief(row));
  const busy = brief.filter(({ verdict }) => verdict === 'busy');
  const ready = brief.filter((row) => !busy.includes(row));
  const others = servers.filter((row) => !brief.includes(row));
  const known = others.filter(isKnown);
  const unknown = others.filter((row) => !isKnown(row));
  const detailed = known.map((row) => [headline(row, style), ...checkedServerBlock(row, style, width)]);
  const more = brief.some(({ readiness }) => readiness !== null) ? wrapped(MORE, width) : [];
  return sectionsText([
    totals(report, style, width),
    readyRows(ready, style, width),
    reasonRows(busy, style, width),
    more.map((line) => style('muted', line)),
    ...detailed,
    reasonRows(unknown, style, width),
    adviceLines(servers, style, width),
  ]);
}

/** Whether one line says enough of a server. */
function isBrief(row: ServerRow): boolean {
  return row.verdict === 'pass' || row.verdict === 'busy' || (row.verdict === 'skip' && isKnown(row));
}

function isKnown({ machine, readiness }: ServerRow): boolean {
  return machine !== null || readiness !== null;
}

function totals(report: FleetReport, style: Style, width: number): string[] {
  const { requested, seconds, note } = report;
  const checked = `${plural(requested, 'server')} checked in ${durationText(seconds)}: ${countsText(report)}`;
  const lines = wrapped(checked, width, INDENT).map((line) => style('strong', line));
  return note === null ? lines : [...lines, `note: ${printable(note, 300)}`];
}

function headline({ serverId, verdict }: ServerRow, style: Style): string {
  return `${style('strong', printable(serverId, 100))} ${style(verdictRole(verdict), stateText(verdict))}`;
}

/** A line for each server, and what is odd about it. */
function readyRows(servers: readonly ServerRow[], style: Style, width: number): string[] {
  const states = servers.map((row) => [printable(row.serverId, 100), stateCell(row)]);
  const facts = servers.map((row) => [classText(row), cpusText(row), memoryText(row), gpusText(row), toolsText(row)]);
  const wide = facts.map((texts, index) => [...states[index]!, ...texts]);
  const narrow = facts.map((texts, index) => [...states[index]!, texts.filter((text) => text !== '').join(', ')]);
  return tableRows(fitsIn(wide, width) ? wide : narrow, style, width).flatMap((lines, index) => [
    ...lines,
    ...problemsOf(servers[index]!).flatMap((text) => wrapped(INDENT + text, width, INDENT.repeat(2))),
  ]);
}

/** A line for each server: why it is not ready. */
function reasonRows(servers: readonly ServerRow[], style: Style, width: number): string[] {
  const rows = servers.map((row) => [printable(row.serverId, 100), stateCell(row), problemsOf(row).join('; ')]);
  return table(rows, style, width);
}

function stateCell({ verdict }: ServerRow): { text: string; role: StyleRole } {
  return { text: stateText(verdict), role: verdictRole(verdict) };
}

function toolsText({ readiness }: ServerRow): string {
  const found = (readiness?.tools ?? []).filter((tool) => tool.found).map(({ tool }) => printable(tool, 40));
  return [...new Set(found)].join(' ');
}
