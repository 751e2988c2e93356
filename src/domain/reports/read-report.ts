import type { FleetReport } from './fleet-report.ts';
import { readServerRow } from './read-row.ts';
import { isServerId } from '../servers/server.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

/** What is needed of a run to learn from its rows. */
export type MeasuredRun = Pick<FleetReport, 'run' | 'temporalRunId' | 'startedAt' | 'servers'>;

/** Reads a report that somebody handed over, or a workflow ended with. Null for whatever is not a whole report. */
export function readReport(value: unknown): MeasuredRun | null {
  if (typeof value !== 'object' || value === null) return null;
  const { schemaVersion, run, temporalRunId, startedAt, servers } = value as Record<string, unknown>;
  if (schemaVersion !== 1 || !Array.isArray(servers)) return null;
  if (typeof run !== 'string' || typeof temporalRunId !== 'string' || !isTime(startedAt)) return null;
  const rows = servers.map(readRow);
  const ids = new Set(rows.map((row) => row?.serverId));
  if (!rows.every((row) => row !== null) || ids.size < rows.length) return null;
  return { run, temporalRunId, startedAt, servers: rows };
}

function readRow(value: unknown): ServerRow | null {
  const { serverId } = (value ?? {}) as { serverId?: unknown };
  return isServerId(serverId) ? readServerRow(value, serverId) : null;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value));
}
