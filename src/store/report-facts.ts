import type { FleetReport } from '../domain/reports/fleet-report.ts';

/**
 * The report of a run without its rows; empty until the run ends. Facts in it are not asked of the database: PostgreSQL looks
 * into no JSON that has a NUL anywhere.
 */
export function factsOf(report: string | null): Partial<Omit<FleetReport, 'servers'>> {
  return report === null ? {} : (JSON.parse(report) as Partial<Omit<FleetReport, 'servers'>>);
}
