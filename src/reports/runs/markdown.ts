import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { checkCountsText, countsText, plural, verdictText } from '../counts.ts';
import { serverLines } from './server-lines.ts';
import type { ServerLine } from './server-lines.ts';

/** Temporal refuses details above 20,000 bytes. */
const BYTE_LIMIT = 15_000;

const REASON_LIMIT = 200;

const MAX_LINES_OF_SERVER = 20;

/**
 * A report in a few lines of GitHub Markdown, for the Temporal Web UI and summaries of CI: the counts, and the servers
 * that failed or could not be judged. At most {@link BYTE_LIMIT} bytes; what is left out is counted.
 */
export function summaryMarkdown(report: FleetReport): string {
  const { requested, counts } = report;
  const note = report.note === null ? '' : `\n\n${markdownText(printable(report.note, REASON_LIMIT))}`;
  const told = report.checkOnly ? ` checked: ${checkCountsText(counts)}` : `: ${countsText(counts)}`;
  const head = `**${plural(requested, 'server')}**${told}${note}`;
  const rows = [...withVerdict(report, 'fail'), ...withVerdict(report, 'error')];
  if (rows.length === 0) return head;

  const lines = ['| server | verdict | reason |', '| --- | --- | --- |'];
  let bytes = bytesOf(head);
  for (const [index, row] of rows.entries()) {
    const told = rowMarkdown(row);
    bytes += bytesOf(told.join('\n')) + 1;
    if (bytes > BYTE_LIMIT)
      return `${head}\n\n${lines.join('\n')}\n\nand ${plural(rows.length - index, 'more server')}`;
    lines.push(...told);
  }
  return `${head}\n\n${lines.join('\n')}`;
}

function withVerdict(report: FleetReport, verdict: ServerRow['verdict']): ServerRow[] {
  return report.servers.filter((row) => row.verdict === verdict);
}

/** A line for each thing that is short or could not be judged. */
function rowMarkdown(row: ServerRow): string[] {
  const lines = serverLines(row);
  const more = lines.length - MAX_LINES_OF_SERVER;
  const told = lines.slice(0, MAX_LINES_OF_SERVER);
  if (more > 0) told.push({ ...told[0]!, verdict: row.verdict, text: `and ${more} more` });
  return told.map(lineMarkdown);
}

function lineMarkdown({ serverId, verdict, text }: ServerLine): string {
  const cells = [serverId, verdictText(verdict), printable(text, REASON_LIMIT)];
  return `| ${cells.map(markdownText).join(' | ')} |`;
}

/** What would be markup, by the renderer that would obey it; a backslash before it is understood by all. */
const markup = new RegExp(
  [
    /[\\`*~|[\]$]/, // code, emphasis, links, cells of a table, formulas
    /(?<!\w)_|_(?!\w)/, // emphasis; within a word it is none
    /&(?=#?\w+;)/, // entities
    /:(?=\/\/|[\w+-]+:)|(?<=mailto|xmpp):/, // links and emoji
    /(?<=www)\./, // links
    /(?<=\.)\.|\.(?=\.)|(?<=-)-|-(?=-)|\((?=(?:c|r|tm)\))/, // typography of the Web UI
    /^[-+#>:.]|(?<=^\d+)[.)]/, // headings, lists, quotes
  ]
    .map(({ source }) => source)
    .join('|'),
  'giu'
);

/**
 * Text that Markdown shows as it is: in the Temporal Web UI (Blackfriday, which has no `&gt;` and passes HTML on) and on GitHub,
 * and readable where nothing renders it, as in `temporal workflow metadata`. No markup, no HTML, no mention, and no link but
 * what GitHub makes of a mail address.
 * @see https://github.github.com/gfm/#backslash-escapes
 */
export function markdownText(text: string): string {
  return text
    .replace(markup, '\\$&')
    .replace(/<(?!=? )/g, '&#60;') // an entity, since a link may take the backslash before it
    .replace(/(?<=\d)\/(?=\d)/g, '&#47;') // else the Web UI makes a fraction of it
    .replace(/(?<![\w.])@(?=\w)|'(?=')/g, '$&&#8288;'); // a word joiner: no mention, and two quotes stay two
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
