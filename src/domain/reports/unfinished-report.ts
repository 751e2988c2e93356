import { unmeasuredRow, type ServerRow } from '../verdicts/server-row.ts';
import { aggregate, type FleetReport, type RunFacts } from './fleet-report.ts';

export const RUN_NOT_ENDED = 'the run has not ended';

/**
 * The report of a run that is still running, or whose end was lost. A server without a result is `not_reached`, so that the
 * counts add up and no format shows the others as the whole run.
 * @param serverIds - in the order of the inventory
 */
export function unfinishedReport(
  run: RunFacts,
  serverIds: readonly string[],
  ended: ReadonlyMap<string, ServerRow>
): FleetReport {
  const { run: id, temporalRunId, ...facts } = run;
  return aggregate(
    { run: id, temporalRunId, unfinished: true, ...facts },
    serverIds.map((serverId) => ended.get(serverId) ?? unmeasuredRow(serverId, 'not_reached', null, RUN_NOT_ENDED))
  );
}
