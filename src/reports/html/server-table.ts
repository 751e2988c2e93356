import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { durationText, plural } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { serverLines } from '../runs/server-lines.ts';
import { badge } from './server-card.ts';

/** Lines of one server; fewer in a fleet of more than {@link LARGE_FLEET} servers. */
const MAX_LINES = 4;
const MAX_LINES_OF_MANY = 1;
const LARGE_FLEET = 300;

/** Each server with its result. A script adds a filter, and sorts by the heads of the columns. */
export function serverTable(report: FleetReport, hasCard: (row: ServerRow) => boolean): Markup {
  const maxLines = report.servers.length > LARGE_FLEET ? MAX_LINES_OF_MANY : MAX_LINES;
  const rows = report.servers.map((row, place) => tableRow(row, place, { hasCard: hasCard(row), maxLines }));
  return markup`<section id="servers"><h2>All servers</h2><div class="scroll" tabindex="0" role="region" aria-label="all servers"><table class="servers"><thead><tr><th scope="col">server</th><th scope="col">verdict</th><th scope="col">class</th><th scope="col">result</th><th scope="col" class="number">time</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function tableRow(
  row: ServerRow,
  place: number,
  { hasCard, maxLines }: { hasCard: boolean; maxLines: number }
): Markup {
  const name = reportText(row.serverId, 100);
  const all = serverLines(row);
  const lines = all.slice(0, maxLines).map(({ text }, index) => markup`${index > 0 && BREAK}${text}`);
  const more = all.length > maxLines && markup`${BREAK}and ${plural(all.length - maxLines, 'more line')}`;
  const seconds = row.seconds ?? 0;
  const time = row.seconds === null ? '' : durationText(seconds);
  const head = hasCard
    ? markup`<th scope="row"><a href="#s${place}">${name}</a></th>`
    : markup`<th scope="row" id="s${place}">${name}</th>`;
  return markup`<tr>${head}<td>${badge(row)}</td><td>${reportText(row.hardwareClass ?? '', 60)}</td><td class="result">${lines}${more}</td><td class="number" data-sort="${seconds}">${time}</td></tr>`;
}

const BREAK = markup`<br>`;
