import type { NewsOfRun } from '../../domain/records/earlier-runs.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { runsInARowText } from '../counts.ts';
import { reportText } from '../report-text.ts';
import { serverLines } from '../runs/server-lines.ts';
import { plain, type Style } from '../style.ts';
import { timeFormat, wrapped } from '../table.ts';

export interface NewsOptions {
  style?: Style;
  /** Columns of the terminal. */
  width?: number;
  /** A time zone, for tests. */
  timeZone?: string | undefined;
}

const INDENT = '  ';
const MAX_NAMED = 50;

/** What is new in a run since the previous one of the same selection, the newly failed first. */
export function newsText(
  { previous, newlyFailed, stillFailing, recovered, notJudged, added, missing }: NewsOfRun,
  { servers }: Pick<FleetReport, 'servers'>,
  { style = plain, width = Infinity, timeZone }: NewsOptions = {}
): string {
  if (previous === null) return 'There is no earlier run of the same selection.\n';
  const rows = new Map(servers.map((row) => [row.serverId, row]));
  const failed = newlyFailed.slice(0, MAX_NAMED).map((id) => {
    const row = rows.get(id);
    const line = row && serverLines(row).find(({ verdict }) => verdict === 'fail');
    return `${INDENT}${reportText(id, 100)} ${line?.text ?? ''}`.trimEnd();
  });
  if (newlyFailed.length > MAX_NAMED) failed.push(`${INDENT}and ${newlyFailed.length - MAX_NAMED} more`);
  const still = stillFailing.map(({ serverId, runs }) => `${reportText(serverId, 100)} for ${runsInARowText(runs)}`);
  const ids = (of: readonly string[]): string[] => of.map((id) => reportText(id, 100));
  const lists: readonly (readonly [label: string, items: readonly string[]])[] = [
    ['recovered', ids(recovered)],
    ['still failing', still],
    ['judged then, not now', ids(notJudged)],
    ['new in this run', ids(added)],
    ['not in this run', ids(missing)],
  ];
  const texts = lists.flatMap(([label, items]) => {
    return items.length === 0 ? [] : [`${label} (${items.length}): ${shortList(items, MAX_NAMED)}`];
  });
  const isNothing = newlyFailed.length === 0 && texts.length === 0;
  const since = `since ${reportText(previous.run, 200)} (${timeFormat(timeZone)(previous.startedAt)})`;
  const lines = (text: string): string[] => wrapped(text, width, INDENT);
  return [
    ...lines(isNothing ? `nothing new ${since}` : `${since}:`).map((line) => style('strong', line)),
    ...(newlyFailed.length === 0 ? [] : [style('bad', `newly failed (${newlyFailed.length}):`)]),
    ...failed.flatMap((text) => wrapped(text, width, INDENT + INDENT)),
    ...texts.flatMap(lines),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
