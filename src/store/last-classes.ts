import type { Kysely } from 'kysely';
import { partsOfSize } from '../domain/values/parts.ts';
import { ROWS_PER_STATEMENT } from './many-rows.ts';
import type { Tables } from './tables.ts';

/** The hardware class that each server had in the last run that detected one; by the index of servers alone. */
export async function lastClasses(db: Kysely<Tables>, serverIds: readonly string[]): Promise<Map<string, string>> {
  const classes = new Map<string, string>();
  for (const some of partsOfSize(serverIds, ROWS_PER_STATEMENT)) {
    const rows = await db
      .selectFrom('servers')
      .select(['server_id', 'hardware_class'])
      .where('server_id', 'in', some)
      .where('hardware_class', 'is not', null)
      .where('run_id', '=', (last) =>
        last
          .selectFrom('servers as other')
          .select(({ fn }) => fn.max('other.run_id').as('last'))
          .whereRef('other.server_id', '=', 'servers.server_id')
          .where('other.hardware_class', 'is not', null)
      )
      .execute();
    for (const { server_id: serverId, hardware_class: hardwareClass } of rows) classes.set(serverId, hardwareClass!);
  }
  return classes;
}
