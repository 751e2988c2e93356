import type { Client, WorkflowHandle } from '@temporalio/client';
import { isUnknownRun } from './end-of-run.ts';

/** A run that Temporal knows. */
export interface KnownRun {
  handle: WorkflowHandle;
  temporalRunId: string;
  startedAt: Date;
  hasEnded: boolean;
}

/** The run of Temporal with this id; null: it knows none. */
export async function knownRun(client: Client, workflowId: string): Promise<KnownRun | null> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await handle.describe().catch((error: unknown) => {
    if (isUnknownRun(error)) return null;
    throw error;
  });
  if (found === null || !['benchmarkFleet', 'benchmarkServer'].includes(found.type)) return null;
  const { runId: temporalRunId, startTime: startedAt, closeTime } = found;
  return { handle, temporalRunId, startedAt, hasEnded: closeTime !== undefined };
}
