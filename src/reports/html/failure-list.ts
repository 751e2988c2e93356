import { formatNumber } from '../../domain/values/numbers.ts';
import { isWrongResult } from '../../domain/verdicts/shortfall-advice.ts';
import { deviceText, formatShare, worstFirst } from '../../domain/verdicts/shortfalls.ts';
import type { ServerRow, Shortfall } from '../../domain/verdicts/server-row.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { limitText, unitText } from './metric-groups.ts';

const MAX_LINES = 200;

/** A row that fell short, and its index in the report. */
export type PlacedRow = readonly [place: number, row: ServerRow];

/** One line for each shortfall, wrong results first, for the people who repair the servers. */
export function failureList(failed: readonly PlacedRow[]): Markup | null {
  const lines = failed.flatMap(([place, row]) =>
    worstFirst(row.benchmarks.flatMap(({ shortfalls }) => shortfalls)).map((shortfall) => ({ place, row, shortfall }))
  );
  if (failed.length < 2 || lines.length === 0) return null;
  const sorted = [...lines.filter(isWrong), ...lines.filter((line) => !isWrong(line))];
  const rows = sorted.slice(0, MAX_LINES).map(({ place, row, shortfall }) => lineOf(place, row, shortfall));
  const left = sorted.length - MAX_LINES;
  const more = left > 0 && markup`<p class="lead">and ${left} more.</p>`;
  return markup`<section id="list"><h2>What failed</h2><div class="scroll" tabindex="0" role="region" aria-label="what failed"><table class="stack"><thead><tr><th scope="col">server</th><th scope="col">metric</th><th scope="col">device</th><th scope="col" class="number">measured</th><th scope="col" class="number">limit</th><th scope="col" class="number">of the limit</th></tr></thead><tbody>${rows}</tbody></table></div>${more}</section>`;
}

function isWrong({ shortfall }: { shortfall: Shortfall }): boolean {
  return isWrongResult(shortfall);
}

function lineOf(place: number, row: ServerRow, shortfall: Shortfall): Markup {
  const { metric, device, address, says } = shortfall;
  const name = markup`<th scope="row"><a href="#s${place}">${reportText(row.serverId, 100)}</a></th>`;
  const where = device === null ? '' : reportText(deviceText(device, address), 120);
  const values =
    says === undefined ? numbersOf(shortfall) : markup`<td colspan="3" class="bad">${reportText(says, 300)}</td>`;
  return markup`<tr>${name}<td>${reportText(metric, 100)}</td><td>${where}</td>${values}</tr>`;
}

function numbersOf(shortfall: Shortfall): Markup {
  const { measured, expected } = shortfall;
  const unit = unitText(shortfall.unit);
  const share = expected > 0 ? formatShare(measured / expected) : '';
  return markup`<td class="number">${formatNumber(measured)} ${unit}</td><td class="number">${limitText(shortfall)} ${unit}</td><td class="number bad">${share}</td>`;
}
