import { ownCommand } from '../terminal/own-command.ts';
import { shownRun } from './unfinished-runs.ts';

/** A run that started after the one that is shown, and has no report. */
export interface NewerRun {
  run: string;
  /** ISO 8601 */
  startedAt: string;
  /** `was refused: fleetmark.yaml:3:1: maxParalel: unknown key` */
  state: string;
}

/** `the newer run fleet-2, started 2026-11-30 02:00, has not ended: follow it with fleetmark watch fleet-2` */
export function newerText(newer: NewerRun): string {
  return `the newer run ${shownRun(newer)}, ${newer.state}`;
}

export function notEndedText(run: string): string {
  return `has not ended: follow it with ${ownCommand('watch', run)}`;
}

export function unfinishedText(): string {
  return `is unfinished: resume it with ${ownCommand('run', '--resume')}`;
}
