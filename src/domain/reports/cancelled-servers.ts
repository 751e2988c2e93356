import type { FleetReport } from './fleet-report.ts';

/** How the reason of a row begins, if the run was cancelled before its server was measured completely. */
export const RUN_CANCELLED = 'the run was cancelled';

/**
 * How many servers were cancelled before they were measured completely, or were not started because the run was. A server
 * can also be cancelled alone.
 */
export function cancelledServers({ servers }: Pick<FleetReport, 'servers'>): number {
  return servers.filter(
    ({ verdict, reason }) =>
      verdict === 'cancelled' || (verdict === 'not_reached' && reason?.startsWith(RUN_CANCELLED) === true)
  ).length;
}
