import { unjudgedServers, type FleetReport } from '../../domain/reports/fleet-report.ts';
import { RUN_NOT_ENDED } from '../../domain/reports/unfinished-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { wrongResultsFirst } from '../../domain/verdicts/shortfall-advice.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { countsText, plural, verdictText } from '../counts.ts';
import { actionResultLines } from './action-lines.ts';
import { serverLines, type ServerLine } from './server-lines.ts';

/** Temporal refuses details above 20,000 bytes. */
const BYTE_LIMIT = 15_000;

const REASON_LIMIT = 200;

const MAX_LINES_OF_SERVER = 20;

const MAX_RUNNING = 10;

interface LiveRun {
  requested: number;
  running: readonly string[];
  /** They have ended, but their verdict may still change. */
  undecided?: readonly string[];
}

const MAX_ACTIONS = 15;

/**
 * A short report in GitHub Markdown, for the Temporal Web UI and CI summaries: the counts, and the servers that failed or
 * could not be judged, and what was done. Not much more than {@link BYTE_LIMIT} bytes; it says how many servers are omitted.
 * @param live - how many servers the run has, and which are not final; missing: it has ended
 */
export function summaryMarkdown(report: FleetReport, live?: LiveRun): string {
  return [serverSummary(report, live), ...actionSummary(report)].join('\n\n');
}

function actionSummary(report: FleetReport): string[] {
  const lines = actionResultLines(report);
  if (lines.length === 0) return [];
  const rows = lines.slice(0, MAX_ACTIONS).map(({ action, state, text }) => {
    return `| ${[action, state, printable(text, REASON_LIMIT)].map(markdownText).join(' | ')} |`;
  });
  const more = lines.length > MAX_ACTIONS ? [`and ${plural(lines.length - MAX_ACTIONS, 'more line')}`] : [];
  return [['| action | result | for |', '| --- | --- | --- |', ...rows].join('\n'), ...more];
}

function serverSummary(report: FleetReport, live: LiveRun | undefined): string {
  const note = report.note === null ? '' : `\n\n${markdownText(printable(report.note, REASON_LIMIT))}`;
  const ended = report.unfinished ? ` (${RUN_NOT_ENDED})` : '';
  const counts = `${report.checkOnly ? ' checked' : ''}${ended}: ${countsText(report)}`;
  const head = `**${serversText(report, live)}**${counts}${runningText(live)}${note}`;
  const rows = [
    ...wrongResultsFirst(report.servers.filter(({ verdict }) => verdict === 'fail')),
    ...unjudgedServers(report),
  ];
  if (rows.length === 0) return head;

  const lines = ['| server | verdict | reason |', '| --- | --- | --- |'];
  let bytes = bytesOf(head);
  for (const [index, row] of rows.entries()) {
    const rowLines = rowMarkdown(row);
    bytes += bytesOf(rowLines.join('\n')) + 1;
    if (bytes > BYTE_LIMIT)
      return `${head}\n\n${lines.join('\n')}\n\nand ${plural(rows.length - index, 'more server')}`;
    lines.push(...rowLines);
  }
  return `${head}\n\n${lines.join('\n')}`;
}

/** `12 servers`, `3 of 12 servers` */
function serversText({ requested }: FleetReport, live: LiveRun | undefined): string {
  if (live === undefined || live.requested === requested) return plural(requested, 'server');
  return `${requested} of ${plural(live.requested, 'server')}`;
}

function runningText(live: LiveRun | undefined): string {
  const { running = [], undecided = [] } = live ?? {};
  const lists = Object.entries({ running, 'ended, not final': undecided }).filter(([, ids]) => ids.length > 0);
  return lists.map(([label, ids]) => `; ${label}: ${markdownText(shortList(ids, MAX_RUNNING))}`).join('');
}

/** A line for each shortfall and each error. */
function rowMarkdown(row: ServerRow): string[] {
  const lines = serverLines(row);
  const more = lines.length - MAX_LINES_OF_SERVER;
  const shown = lines.slice(0, MAX_LINES_OF_SERVER);
  if (more > 0) shown.push({ ...shown[0]!, verdict: row.verdict, text: `and ${more} more` });
  return shown.map(lineMarkdown);
}

function lineMarkdown({ serverId, verdict, text }: ServerLine): string {
  const cells = [serverId, verdictText(verdict), printable(text, REASON_LIMIT)];
  return `| ${cells.map(markdownText).join(' | ')} |`;
}

/** Characters that some renderer treats as markup. A backslash before them works in all renderers. */
const markup = new RegExp(
  [
    /[\\`*~|[\]$]/, // code, emphasis, links, cells of a table, formulas
    /(?<![a-z\d])_|_(?![a-z\d])/, // emphasis, but not within a word; also next to another one
    /&(?=#?\w+;)/, // entities
    /:(?=\/\/|[\w+-]+:)|(?<=mailto|xmpp):/, // links and emoji
    /(?<=www)\./, // links
    /(?<=\.)\.|\.(?=\.)|(?<=-)-|-(?=-)|\((?=(?:c|r|tm)\))/, // typography of the Web UI
    /^[-+#>:.]|(?<=^\d+)[.)]/, // headings, lists, quotes
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi' // with `u`, [a-z] would also contain U+017F and U+212A
);

/**
 * Escapes text for Markdown: in the Temporal Web UI (Blackfriday, which does not decode `&gt;` and passes HTML through) and
 * on GitHub. It stays readable without rendering, as in `temporal workflow metadata`. The result contains no markup, HTML,
 * mentions or links, except that GitHub links mail addresses.
 * @see https://github.github.com/gfm/#backslash-escapes
 */
export function markdownText(text: string): string {
  return text
    .replace(markup, '\\$&')
    .replace(/<(?!=? )/g, '&#60;') // an entity, because a link could consume a backslash
    .replace(/(?<=\d)\/(?=\d)/g, '&#47;') // the Web UI would show a fraction
    .replace(/(?<![\w.])@(?=\w)|'(?=')/g, '$&&#8288;'); // a word joiner prevents mentions, and keeps two quotes apart
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
