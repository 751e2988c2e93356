import type { Client } from '@temporalio/client';
import { printable } from '../../domain/values/untrusted.ts';

/** Workflow ids of the runs that are not over: fleets, and servers that were started by hand. */
export async function unfinishedRuns(client: Client): Promise<string[]> {
  const query = "ExecutionStatus = 'Running' AND WorkflowType IN ('benchmarkFleet', 'benchmarkServer')";
  const ids: string[] = [];
  for await (const { workflowId, parentExecution } of client.workflow.list({ query })) {
    if (parentExecution === undefined) ids.push(workflowId);
  }
  return ids.sort();
}

/** Anybody may start a run, and give it any id: this is how it is told. */
export function printableIds(...ids: readonly string[]): string {
  return ids.map((id) => printable(id, 120)).join(', ');
}
