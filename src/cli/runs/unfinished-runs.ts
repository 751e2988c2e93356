import type { Client } from '@temporalio/client';
import { printable } from '../../domain/values/untrusted.ts';

/** Workflow ids of the unfinished runs: fleets, and servers that were started by hand. */
export async function unfinishedRuns(client: Client): Promise<string[]> {
  const query = "ExecutionStatus = 'Running' AND WorkflowType IN ('benchmarkFleet', 'benchmarkServer')";
  const ids: string[] = [];
  for await (const { workflowId, parentExecution } of client.workflow.list({ query })) {
    if (parentExecution === undefined) ids.push(workflowId);
  }
  return ids.sort();
}

/** Run ids, safe to print: they can contain any character. */
export function printableIds(...ids: readonly string[]): string {
  return ids.map((id) => printable(id, 120)).join(', ');
}
