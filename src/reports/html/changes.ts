import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';
import { markup, type Markup } from '../markup.ts';
import { reportText } from '../report-text.ts';
import { timeText } from './run-facts.ts';

const MAX_NAMED = 50;
const unjudged: readonly Verdict[] = ['error', 'busy', 'cancelled', 'not_reached'];

/** Servers whose state differs from that in an earlier run. */
export interface RunChanges {
  newlyFailed: string[];
  stillFailing: string[];
  recovered: string[];
  /** Judged before, not judged now. */
  notJudged: string[];
  added: string[];
  /** In the earlier run only. */
  missing: string[];
}

export function changesSince(report: FleetReport, previous: FleetReport): RunChanges {
  const before = new Map(previous.servers.map((row) => [row.serverId, row.verdict]));
  const now = new Map(report.servers.map((row) => [row.serverId, row.verdict]));
  const ids = [...now.keys()];
  const failed = (verdict: Verdict | undefined): boolean => verdict === 'fail';
  const wasJudged = (id: string): boolean => before.has(id) && !unjudged.includes(before.get(id)!);
  return {
    newlyFailed: ids.filter((id) => failed(now.get(id)) && !failed(before.get(id))),
    stillFailing: ids.filter((id) => failed(now.get(id)) && failed(before.get(id))),
    recovered: ids.filter((id) => now.get(id) === 'pass' && failed(before.get(id))),
    notJudged: ids.filter((id) => unjudged.includes(now.get(id)!) && wasJudged(id)),
    added: ids.filter((id) => !before.has(id)),
    missing: [...before.keys()].filter((id) => !now.has(id)),
  };
}

const labels: Record<keyof RunChanges, string> = {
  newlyFailed: 'Newly failed',
  stillFailing: 'Still failing',
  recovered: 'Recovered',
  notJudged: 'Judged then, not now',
  added: 'New in this run',
  missing: 'Not in this run',
};

/** What is new since the last run of the same selection. */
export function changesSection(report: FleetReport, previous: FleetReport | undefined): Markup | null {
  if (previous === undefined) return null;
  const changes = changesSince(report, previous);
  const places = new Map(report.servers.map((row, place) => [row.serverId, place]));
  const rows = Object.entries(labels).flatMap(([key, label]) => {
    const ids = changes[key as keyof RunChanges];
    return ids.length === 0
      ? []
      : [markup`<div><dt>${label} (${ids.length})</dt><dd>${namedServers(ids, places)}</dd></div>`];
  });
  const body = rows.length === 0 ? markup`<p>Nothing.</p>` : markup`<dl class="wide">${rows}</dl>`;
  return markup`<section id="changes"><h2>Since the last run</h2><p class="lead">Compared with ${reportText(previous.run, 120)} of ${reportText(timeText(previous.startedAt), 40)}.</p>${body}</section>`;
}

function namedServers(ids: readonly string[], places: ReadonlyMap<string, number>): Markup {
  const shown = ids.slice(0, MAX_NAMED).map((id, index) => {
    const place = places.get(id);
    const name = reportText(id, 100);
    return markup`${index > 0 && ', '}${place === undefined ? name : markup`<a href="#s${place}">${name}</a>`}`;
  });
  return markup`${shown}${ids.length > MAX_NAMED && ` and ${ids.length - MAX_NAMED} more`}`;
}
