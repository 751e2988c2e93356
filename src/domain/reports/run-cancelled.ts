import type { FleetReport } from './fleet-report.ts';

/** How the reason of a row begins, if the run was cancelled before or while its server was measured. */
const RUN_CANCELLED = 'the run was cancelled';

/** Whether servers were not measured, or not completely, because the run was cancelled. */
export function isCancelledRun({ servers }: Pick<FleetReport, 'servers'>): boolean {
  return servers.some(
    ({ verdict, reason }) =>
      verdict === 'cancelled' || (verdict === 'not_reached' && reason?.startsWith(RUN_CANCELLED) === true)
  );
}
