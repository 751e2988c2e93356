import { readServerRow } from '../domain/reports/read-report.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';

/** The row of a server from its column `report_row`; null: there is none, or it is damaged. */
export function storedRow(text: string | null, serverId: string): ServerRow | null {
  return text === null ? null : readServerRow(JSON.parse(text), serverId);
}
