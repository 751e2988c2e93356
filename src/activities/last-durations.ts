import { getClient, log } from '@temporalio/activity';
import { serverOfWorkflow } from '../domain/servers/server.ts';

/** Looked at: the last workflows of servers, the latest first, enough for some runs. */
const MAX_LISTED_PER_SERVER = 3;
const LIMIT_MS = 5_000;

/** How long each server took the last time, in seconds, as far as Temporal still knows. */
export async function lastDurations(serverIds: readonly string[]): Promise<Map<string, number>> {
  const wanted = new Set(serverIds);
  const durations = new Map<string, number>();
  const end = performance.now() + LIMIT_MS;
  let left = MAX_LISTED_PER_SERVER * wanted.size;
  try {
    const query = "WorkflowType = 'benchmarkServer' AND CloseTime IS NOT NULL";
    for await (const { workflowId, startTime, closeTime } of getClient().workflow.list({ query, pageSize: 1000 })) {
      const serverId = serverOfWorkflow(workflowId);
      if (serverId !== null && wanted.has(serverId) && !durations.has(serverId) && closeTime !== undefined)
        durations.set(serverId, (closeTime.getTime() - startTime.getTime()) / 1000);
      left -= 1;
      if (durations.size === wanted.size || left === 0 || performance.now() > end) break;
    }
  } catch (error) {
    log.debug('could not read how long the servers took the last time; they start in their order', { err: error });
  }
  return durations;
}
