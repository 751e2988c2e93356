import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { notEndedText, unfinishedText, type NewerRun } from './newer-text.ts';
import type { FoundReport } from './stored-report.ts';

/** Results are read without Temporal, too: one that does not answer in this time is left. */
const ANSWER_MS = 10_000;

/**
 * The newest run, if a word means a newer one than the store has a report of: `last`, or the name of a schedule. The store
 * knows an unfinished run, only Temporal knows one that was refused. Null: there is none.
 */
export async function newerRun(shown: FoundReport, word: string, terminal: Terminal): Promise<NewerRun | null> {
  const { report, schedule, newer, canRun } = shown;
  if (word !== 'last' && word !== schedule) return null;
  const inTemporal = await newerInTemporal(report, word === 'last' ? null : schedule, terminal);
  if (newer === null || (inTemporal !== null && inTemporal.startedAt >= newer.startedAt)) return inTemporal;
  const { run, startedAt } = newer;
  return { run, startedAt, state: canRun ? notEndedText(run) : unfinishedText() };
}

async function newerInTemporal(
  report: FleetReport,
  schedule: string | null,
  terminal: Terminal
): Promise<NewerRun | null> {
  const isHere = (await findTemporalSettings(terminal)) === null;
  if (isHere && (await runningServer(stateFolder(terminal.env))) === null) return null;
  const { newerThan } = await import('./newer-in-temporal.ts'); // loads the SDK
  const found = await firstOf([newerThan(report, schedule, terminal).catch(() => 'failed' as const)], {
    ms: ANSWER_MS,
  });
  if (found === null || typeof found === 'object') return found;
  problemPrinter(terminal)('Temporal does not answer: a newer run may be under way, or may have been refused.');
  return null;
}
