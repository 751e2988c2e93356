import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { RunIdentity } from '../../domain/records/match-run.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { timeFormat } from '../../reports/table.ts';

/** Workflow ids of the unfinished runs: fleets, and servers that were started by hand. */
export async function unfinishedRuns(client: Client): Promise<string[]> {
  return (await runsUnderWay(client)).map(({ run }) => run).sort();
}

export interface RunUnderWay extends RunIdentity {
  startedAt: Date;
  isCheck: boolean;
}

/** What a check has in its memo from its start: it measures nothing. */
export const CHECK_MEMO = { check: true };

/** Runs, and servers of runs: for a visibility query. */
export const ARE_WORKFLOWS_OF_RUNS = "WorkflowType IN ('benchmarkFleet', 'benchmarkServer')";

export function isCheck({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): boolean {
  return memo?.['check'] === CHECK_MEMO.check;
}

/** The unfinished runs, the latest first. */
export async function runsUnderWay(client: Client): Promise<RunUnderWay[]> {
  const query = `ExecutionStatus = 'Running' AND ${ARE_WORKFLOWS_OF_RUNS}`;
  const runs: RunUnderWay[] = [];
  for await (const each of client.workflow.list({ query })) {
    const { workflowId: run, runId: temporalRunId, startTime: startedAt, parentExecution, searchAttributes } = each;
    const [schedule] = searchAttributes?.['TemporalScheduledById'] ?? [];
    const ofSchedule = typeof schedule === 'string' ? schedule : null;
    if (parentExecution !== undefined) continue;
    runs.push({ run, temporalRunId, schedule: ofSchedule, hasEnded: false, startedAt, isCheck: isCheck(each) });
  }
  return runs.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/** `fleet-20261130-020000, started 2026-11-30 02:00`: with its time, an old run is not taken for the last one. */
export function shownRun({ run, startedAt }: { run: string; startedAt: string }): string {
  return `${printableIds(run)}, started ${timeFormat()(startedAt)}`;
}

/** Run ids, safe to print: they can contain any character. */
export function printableIds(...ids: readonly string[]): string {
  return ids.map((id) => printable(id, 120)).join(', ');
}
