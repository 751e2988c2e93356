import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { attachTemporal } from './attach-temporal.ts';
import { endOfRun } from './end-of-run.ts';
import type { KnownRun } from './known-run.ts';
import { notEndedText, type NewerRun } from './newer-text.ts';
import { newestRun } from './newest-run.ts';

/** The newest run of Temporal, of a schedule or of all, if it started after the one of a report; null: none did. */
export async function newerThan(
  { temporalRunId, startedAt }: FleetReport,
  schedule: string | null,
  terminal: Terminal
): Promise<NewerRun | null> {
  const session = await attachTemporal(terminal);
  if (session === null) return null;
  try {
    const newest = await newestRun(session.client, schedule);
    if (newest === null || newest.temporalRunId === temporalRunId) return null;
    if (newest.startedAt.getTime() <= Date.parse(startedAt)) return null;
    const state = await stateOf(newest);
    return state === null ? null : { run: newest.handle.workflowId, startedAt: newest.startedAt.toISOString(), state };
  } finally {
    await session.close();
  }
}

/** Null: it is a check, which has no results to keep. */
async function stateOf({ handle, hasEnded }: KnownRun): Promise<string | null> {
  if (!hasEnded) return notEndedText(handle.workflowId);
  try {
    const { checkOnly } = await endOfRun(handle);
    return checkOnly ? null : 'is not in the results store';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [message] = error.message.split('\n');
    return error.exitCode === exitCodes.refused ? `was refused: ${message}` : 'ended without a report';
  }
}
