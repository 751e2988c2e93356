import { isDiskFull } from '../../domain/failures/full-disk.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { shellCommand } from '../../domain/jobs/shell.ts';
import { isFull } from '../../temporal/free-space.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** Said during a run: what Temporal cannot write into its database, it tries again and again. */
export function diskFullWarning(stateDir: string): string {
  return (
    `No space is left in ${stateDir}: the run waits, and nothing is lost. Make space there ` +
    `(${dfCommand(stateDir)}); or stop with Ctrl-C, and go on later: ${ownCommand('run', '--resume')}`
  );
}

/** Why something failed that needs the state folder, where that is full: no other reason is as likely. */
export async function explainDiskFull<T>(stateDir: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isDiskFull(cause) && (cause instanceof Refusal || !(await isFull(stateDir)))) throw cause;
    // A Failure is found before anything was started.
    const exitCode = cause instanceof Failure || cause instanceof Refusal ? exitCodes.refused : exitCodes.unjudged;
    const todo = `Make space there (${dfCommand(stateDir)}) and start again, or set FLEETMARK_STATE to another folder`;
    throw new Refusal(`no space is left in ${stateDir}, where the state is kept; nothing is lost\n${todo}`, exitCode, {
      cause,
    });
  }
}

/** What is added to the news that Temporal has ended. */
export async function diskFullReason(stateDir: string): Promise<string> {
  return (await isFull(stateDir)) ? `, since no space is left in ${stateDir} (${dfCommand(stateDir)}),` : '';
}

function dfCommand(stateDir: string): string {
  return shellCommand(['df', '-h', stateDir]);
}
