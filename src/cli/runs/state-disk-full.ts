import { isDiskFull } from '../../domain/failures/full-disk.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { shellCommand } from '../../domain/jobs/shell.ts';
import { isFull } from '../../temporal/state-folder.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** Shown during a run: Temporal retries what it cannot write to its database. */
export function diskFullWarning(stateDir: string): string {
  return (
    `No space is left in ${stateDir}: the run waits, and nothing is lost. Free some space ` +
    `(${dfCommand(stateDir)}), or stop with Ctrl-C and resume later: ${ownCommand('run', '--resume')}`
  );
}

/** Runs work that needs the state folder. If it fails while the disk is full, that is reported as the reason. */
export async function explainDiskFull<T>(stateDir: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isDiskFull(cause) && (cause instanceof Refusal || !(await isFull(stateDir)))) throw cause;
    // A Failure occurs before anything was started.
    const exitCode = cause instanceof Failure || cause instanceof Refusal ? exitCodes.refused : exitCodes.unjudged;
    const todo = `Free some space (${dfCommand(stateDir)}) and start again, or set FLEETMARK_STATE to another folder`;
    throw new Refusal(`no space is left in the state folder ${stateDir}; nothing is lost\n${todo}`, exitCode, {
      cause,
    });
  }
}

/** Added to the message that Temporal has ended, if the disk is full. */
export async function diskFullReason(stateDir: string): Promise<string> {
  return (await isFull(stateDir)) ? `, since no space is left in ${stateDir} (${dfCommand(stateDir)}),` : '';
}

function dfCommand(stateDir: string): string {
  return shellCommand(['df', '-h', stateDir]);
}
