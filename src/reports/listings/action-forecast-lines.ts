import type { ActionForecast } from '../../domain/actions/action-forecast.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { plural } from '../counts.ts';
import type { Style } from '../style.ts';
import { headedTable } from '../table.ts';

const MAX_CLASSES = 5;

/** A table of what would be done about failed servers. */
export function actionForecastLines(actions: readonly ActionForecast[], style: Style, width = Infinity): string[] {
  if (actions.length === 0) return [];
  const rows = actions.map((each) => [printable(each.action, 60), callsText(each), whenText(each)]);
  return headedTable(['action', 'calls', 'when'], rows, style, width);
}

function callsText({ kind, calls }: ActionForecast): string {
  return calls === null ? kind : `${kind} ${printable(calls, 100)}`;
}

/** `newly fail, recovered; after the run; at most 5 % of a class: default 1 of 20 servers` */
function whenText({ on, hasUndo, per, asServersEnd, dryRun, limit, allowed }: ActionForecast): string {
  const shown = allowed.slice(0, MAX_CLASSES).map(({ hardwareClass, servers, allowed: count }) => {
    return `${printable(hardwareClass, 60)} ${count} of ${plural(servers, 'server')}${count === 0 ? ' (never)' : ''}`;
  });
  const ofClasses = shown.length === 0 ? '' : `: ${shown.join(', ')}${allowed.length > MAX_CLASSES ? ', ...' : ''}`;
  return [
    `on ${on.join(', ')}${hasUndo ? ', undo' : ''}`,
    asServersEnd ? 'as servers end' : per === 'server' ? 'after the run, for each server' : 'once after the run',
    ...(limit === null ? [] : [`at most ${limit} of a class${ofClasses}`]),
    ...(dryRun ? ['dry run'] : []),
  ].join('; ');
}
