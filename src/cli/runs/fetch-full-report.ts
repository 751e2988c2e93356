import type { WorkflowHandle } from '@temporalio/client';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import { isTruncated } from '../../domain/reports/fleet-report.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { withWholeRows } from '../../domain/reports/fleet-report.ts';

/**
 * Replaces the truncated rows of a large report with full rows from the progress query. Without a worker to answer it,
 * returns the report unchanged.
 * @param known - the rows that earlier queries have returned
 */
export async function fetchFullReport(
  handle: WorkflowHandle,
  report: FleetReport,
  known: readonly ServerRow[] = []
): Promise<FleetReport> {
  if (!isTruncated(report)) return report;
  const rows = [...known];
  try {
    while (rows.length < report.requested) {
      const page = await handle.query<FleetProgress, [number]>('progress', rows.length);
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
  } catch {
    return report;
  }
  return withWholeRows(report, rows);
}
