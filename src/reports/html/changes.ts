import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { changesSince, type RunChanges } from '../../domain/reports/run-changes.ts';
import { runsInARowText } from '../counts.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import type { ReportExtras } from './extras.ts';
import { timeText } from './run-facts.ts';

const MAX_NAMED = 50;

const labels: Record<keyof RunChanges, string> = {
  newlyFailed: 'Newly failed',
  stillFailing: 'Still failing',
  recovered: 'Recovered',
  notJudged: 'Judged then, not now',
  added: 'New in this run',
  missing: 'Not in this run',
};

/** What is new since the last run of the same selection. */
export function changesSection(report: FleetReport, { previous, failedRuns }: ReportExtras): Markup | null {
  if (previous === undefined) return null;
  const changes = changesSince(report, previous);
  const places = new Map(report.servers.map((row, place) => [row.serverId, place]));
  const rows = Object.entries(labels).flatMap(([key, label]) => {
    const ids = changes[key as keyof RunChanges];
    return ids.length === 0
      ? []
      : [
          markup`<div><dt>${label} (${ids.length})</dt><dd>${namedServers(ids, places, key === 'stillFailing' ? failedRuns : undefined)}</dd></div>`,
        ];
  });
  const body = rows.length === 0 ? markup`<p>Nothing.</p>` : markup`<dl class="wide">${rows}</dl>`;
  return markup`<section id="changes"><h2>Since the last run</h2><p class="lead">Compared with ${reportText(previous.run, 120)} of ${reportText(timeText(previous.startedAt), 40)}.</p>${body}</section>`;
}

function namedServers(
  ids: readonly string[],
  places: ReadonlyMap<string, number>,
  runs: ReadonlyMap<string, number> = new Map()
): Markup {
  const shown = ids.slice(0, MAX_NAMED).map((id, index) => {
    const place = places.get(id);
    const name = reportText(id, 100);
    const count = runs.get(id);
    const since = count !== undefined && ` for ${runsInARowText(count)}`;
    return markup`${index > 0 && ', '}${place === undefined ? name : markup`<a href="#s${place}">${name}</a>`}${since}`;
  });
  return markup`${shown}${ids.length > MAX_NAMED && ` and ${ids.length - MAX_NAMED} more`}`;
}
