import type { Client } from '@temporalio/client';
import type { RunIdentity } from '../../domain/records/match-run.ts';
import { printable } from '../../domain/values/untrusted.ts';

/** Workflow ids of the unfinished runs: fleets, and servers that were started by hand. */
export async function unfinishedRuns(client: Client): Promise<string[]> {
  return (await runsUnderWay(client)).map(({ run }) => run).sort();
}

/** The unfinished runs, the latest first. */
export async function runsUnderWay(client: Client): Promise<RunIdentity[]> {
  const query = "ExecutionStatus = 'Running' AND WorkflowType IN ('benchmarkFleet', 'benchmarkServer')";
  const found: { startTime: Date; identity: RunIdentity }[] = [];
  for await (const { workflowId, runId, startTime, parentExecution, searchAttributes } of client.workflow.list({
    query,
  })) {
    const [schedule] = searchAttributes?.['TemporalScheduledById'] ?? [];
    const ofSchedule = typeof schedule === 'string' ? schedule : null;
    const identity = { run: workflowId, temporalRunId: runId, schedule: ofSchedule, hasEnded: false };
    if (parentExecution === undefined) found.push({ startTime, identity });
  }
  return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime()).map(({ identity }) => identity);
}

/** Run ids, safe to print: they can contain any character. */
export function printableIds(...ids: readonly string[]): string {
  return ids.map((id) => printable(id, 120)).join(', ');
}
