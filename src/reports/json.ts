import type { FleetReport } from '../domain/fleet-report.ts';

/** The report itself; `schema/report.schema.json` describes it. */
export function jsonReport(report: FleetReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
