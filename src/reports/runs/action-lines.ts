import type { ActionResult } from '../../domain/actions/results.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { reportText } from '../report-text.ts';
import { plain, type Style, type StyleRole } from '../style.ts';
import { headedTable } from '../table.ts';

const MAX_NAMED = 10;

const states: Record<ActionResult['state'], { text: string; role: StyleRole }> = {
  done: { text: 'done', role: 'good' },
  dry_run: { text: 'dry run', role: 'muted' },
  held_back: { text: 'held back', role: 'doubtful' },
  unknown: { text: 'unknown', role: 'doubtful' },
  failed: { text: 'failed', role: 'bad' },
};

/** What an action did, as cells of a table. */
export interface ActionLine {
  action: string;
  state: string;
  role: StyleRole;
  text: string;
}

export function actionResultLines({ actions = [] }: Pick<FleetReport, 'actions'>): ActionLine[] {
  return actions.map((result) => {
    const { text, role } = states[result.state] ?? states.unknown; // a later version may have others
    return { action: reportText(result.action, 60), state: text, role, text: textOf(result) };
  });
}

/** `web-7, web-9 newly failed: exited with status 1` */
function textOf({ change, servers, more = 0, message }: ActionResult): string {
  const names = servers.map((serverId) => reportText(serverId, 100));
  const all = more > 0 ? [...names, ...Array<string>(more).fill('')] : names;
  const about =
    names.length === 0 ? [] : [`${shortList(all, MAX_NAMED)} ${change === 'failed' ? 'newly failed' : 'recovered'}`];
  return [...about, ...(message === null ? [] : [reportText(message)])].join(': ');
}

/** A table for a terminal. */
export function actionTable(report: Pick<FleetReport, 'actions'>, style: Style = plain, width = Infinity): string[] {
  const lines = actionResultLines(report);
  if (lines.length === 0) return [];
  const rows = lines.map(({ action, state, role, text }) => [action, { text: state, role }, text]);
  return headedTable(['action', 'result', 'for'], rows, style, width);
}
