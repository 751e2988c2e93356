import type { ActionMessage, ChangedServer } from '../../domain/actions/runner.ts';
import { reasonOf } from '../../domain/reports/duplicate-messages.ts';
import { sizeOf } from '../../domain/values/json-value.ts';
import { inertJson } from '../../domain/values/untrusted.ts';
import { worstFirst } from '../../domain/verdicts/shortfalls.ts';
import type { Shortfall } from '../../domain/verdicts/server-row.ts';
import { reportText } from '../report-text.ts';

/** Receivers often take 1 MB. */
const MAX_BYTES = 500_000;

const MAX_SHORTFALLS = 20;

/** The JSON that webhooks and commands get: a contract, docs/actions.md. All servers are in it; of many, without details. */
export function messageJson(message: ActionMessage): string {
  const { id, action, at, run, servers } = message;
  const about = { ...run, note: run.note === null ? null : reportText(run.note), run: reportText(run.run, 1000) };
  const bodyOf = (of: object[]): object => ({
    ...{ type: 'fleetmark.servers.changed', timestamp: at },
    data: { schemaVersion: 1, id, action, ...about, servers: of },
  });
  const whole = bodyOf(servers.map((each) => ({ ...brief(each), ...details(each) })));
  return inertJson(JSON.stringify(sizeOf(whole) <= MAX_BYTES ? whole : bodyOf(servers.map(brief))));
}

function brief({ change, row }: ChangedServer): object {
  const { serverId, verdict, hardwareClass } = row;
  return { serverId, change, verdict, hardwareClass };
}

function details({ row }: ChangedServer): object {
  const reason = reasonOf(row);
  const shortfalls = worstFirst(row.benchmarks.flatMap((each) => each.shortfalls)).slice(0, MAX_SHORTFALLS);
  return { reason: reason === null ? null : reportText(reason), shortfalls: shortfalls.map(plainShortfall) };
}

function plainShortfall({ metric, unit, address, says, ...numbers }: Shortfall): object {
  return {
    ...{ metric: reportText(metric, 100), unit: reportText(unit, 60), ...numbers },
    ...(address !== undefined && { address: reportText(address, 100) }),
    ...(says !== undefined && { says: reportText(says) }),
  };
}
