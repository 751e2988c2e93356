import type { Client } from '@temporalio/client';

/** Texts that Temporal keeps of a workflow. */
export interface HistoryTexts {
  workflowId: string;
  /** Every string and every payload of its history. */
  all: string[];
  /** What it and its children were started with. */
  inputs: string[];
}

/** The histories of all workflows that ever ran. */
export async function readHistories(client: Client): Promise<HistoryTexts[]> {
  const histories: HistoryTexts[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = (events ?? []).flatMap((event) => [
      event.workflowExecutionStartedEventAttributes?.input,
      event.startChildWorkflowExecutionInitiatedEventAttributes?.input,
    ]);
    histories.push({ workflowId, all: textsIn(events), inputs: textsIn(started) });
  }
  return histories;
}

/** All strings in a value, however deep; bytes are the JSON of a payload. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
