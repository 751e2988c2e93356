import { aggregate, isTruncated } from './fleet-report.ts';
import type { FleetReport } from './fleet-report.ts';
import { withSameMachines } from './same-machine.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

/**
 * The report of a large run as it was before it had to fit into the result of a workflow. As it is where it is whole, or
 * where not all of its rows are known.
 * @param known - rows as the run itself tells of them, in any order
 */
export function withWholeRows(report: FleetReport, known: readonly ServerRow[]): FleetReport {
  if (!isTruncated(report)) return report;
  const byId = new Map(known.map((row) => [row.serverId, row]));
  const rows = report.servers.map(({ serverId }) => byId.get(serverId));
  if (!rows.every((row) => row !== undefined)) return report;
  return aggregate(report, withSameMachines(rows));
}
