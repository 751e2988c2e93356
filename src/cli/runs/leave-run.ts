import type { Client, WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { partialReport } from '../../domain/reports/fleet-progress.ts';
import { serverOfWorkflow } from '../../domain/servers/server.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { RunSnapshot } from './follow-run.ts';
import type { Unresponsive } from './monitor-responses.ts';
import { printableIds } from './unfinished-runs.ts';

const CALL_TIMEOUT_MS = 2_000;
const MAX_NAMED = 10;

interface LeaveRunOptions {
  client: Client;
  handle: WorkflowHandle;
  snapshot: RunSnapshot;
  isCheck: boolean;
  /** Why the run could not be cancelled; null if it was. */
  cancelError: string | null;
  missing: Promise<Unresponsive | null>;
}

/** A partial report and advice for a run that did not end in time after a signal. */
export async function leaveRun(leaving: LeaveRunOptions): Promise<{ report: FleetReport | null; lines: string[] }> {
  const { client, handle, snapshot, isCheck } = leaving;
  // Temporal lists the servers that are still running even without a worker.
  const [found, missing] = await Promise.all([
    client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => handle.describe()).catch(() => null),
    leaving.missing,
  ]);
  const children = found?.raw.pendingChildren ?? null;
  const running = children?.flatMap(({ workflowId }) => serverOfWorkflow(workflowId ?? '') ?? []) ?? snapshot.running;
  const startedAt = found?.startTime ?? new Date();
  const facts = {
    ...{ run: handle.workflowId, temporalRunId: found?.runId ?? '', note: null },
    ...(isCheck ? { checkOnly: true as const } : {}),
    startedAt: startedAt.toISOString(),
    seconds: Math.max(0, Math.round((Date.now() - startedAt.getTime()) / 100) / 10),
  };
  return { report: partialReport(facts, { ...snapshot, running }), lines: leaveLines(leaving, running, missing) };
}

function leaveLines(
  { handle, isCheck, cancelError }: LeaveRunOptions,
  running: readonly string[],
  missing: Unresponsive | null
): string[] {
  const id = printableIds(handle.workflowId);
  const why = cancelError ?? (missing === null ? null : `the ${missing} does not answer`);
  const lines = [`${id} is still running; fleetmark no longer waits for it.`];
  if (running.length > 0) {
    const what = why === null ? 'Cancelled, but may still be running' : `Could not be cancelled (${why})`;
    const names = running.map((id) => printableIds(id));
    lines.push(`${what}: ${shortList(names, MAX_NAMED)}`);
    if (!isCheck) lines.push('Jobs on these servers end at their own time limits at the latest.');
  } else
    lines.push(
      why === null ? 'No server was being measured.' : `It is unknown whether a server was being measured (${why}).`
    );
  lines.push(`To stop it later: ${ownCommand('cancel', handle.workflowId)}`);
  return lines;
}
