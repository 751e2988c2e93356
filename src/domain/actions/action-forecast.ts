import type { Server } from '../servers/server.ts';
import { grouped } from '../values/grouped.ts';
import { allowedServers, limitText, type ActionSettings, type ActionTarget } from './action.ts';

/** What an action would do, as far as known before a run: `fleetmark plan --json`. No secret, and of a URL only its host. */
export interface ActionForecast {
  action: string;
  kind: ActionTarget['kind'];
  /** The host of a URL, or a program; null: a URL by reference. */
  calls: string | null;
  on: string[];
  hasUndo: boolean;
  per: 'run' | 'server';
  asServersEnd: boolean;
  dryRun: boolean;
  /** `5 %`; null: none. */
  limit: string | null;
  /** How many servers of each class it may have acted on; a class that is only detected at run time is missing. */
  allowed: { hardwareClass: string; servers: number; allowed: number }[];
}

/** @param servers - of the whole inventory, which the limit is of */
export function forecastAction(
  { name, does, verdicts, onRecovery, limit, ...how }: ActionSettings,
  servers: Iterable<Server>
): ActionForecast {
  const { per, asServersEnd, dryRun } = how;
  const hasUndo = does.kind === 'command' && does.undo !== null;
  const recovered = onRecovery && does.kind !== 'command' ? ['recovered'] : [];
  const classes = [...grouped([...servers], ({ hardwareClass }) => hardwareClass)];
  const allowed = classes.flatMap(([hardwareClass, of]) =>
    hardwareClass === null || limit === null
      ? []
      : [{ hardwareClass, servers: of.length, allowed: allowedServers(limit, of.length) }]
  );
  return {
    ...{ action: name, kind: does.kind, calls: callsOf(does), on: [...verdicts, ...recovered], hasUndo },
    ...{ per, asServersEnd, dryRun, limit: limit === null ? null : limitText(limit), allowed },
  };
}

function callsOf(does: ActionTarget): string | null {
  if (does.kind === 'command') return does.command[0]!;
  return typeof does.url === 'string' ? new URL(does.url).host : null;
}
