import { exitCodes } from './exit-code.ts';
import { ownCommand } from './own-command.ts';
import { describeError } from './refusal.ts';
import { isRunInProgress } from './run-in-progress.ts';

/**
 * Ends this process with the exit code that a verb comes to, once all it wrote is out, whatever still holds the event
 * loop: a person who has the result is not kept waiting. A reader that has gone (`| head`) is no error; output that
 * cannot be written for another reason is, since nobody has the result.
 */
export async function endProcessWith(verb: Promise<number>): Promise<never> {
  let writeError: Error | null = null;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') writeError = error;
    });
  }
  // Node's own exit code for that is 1, which here means that a server failed.
  process.on('uncaughtException', (error) => {
    const { text } = describeError(error, process.argv.includes('--verbose'));
    const further = isRunInProgress() ? `\nGo on with the run: ${ownCommand('run', '--resume')}` : '';
    process.stderr.write(`fleetmark: ${text}${further}\n`);
    process.exit(exitCodes.unjudged);
  });
  const exitCode = await verb;
  await flushed(process.stdout);
  if (writeError !== null) {
    process.stderr.write(`fleetmark: the output could not be written: ${(writeError as Error).message}\n`);
  }
  await flushed(process.stderr);
  process.exit(writeError === null ? exitCode : exitCodes.unjudged);
}

/** Resolves when all that was written before has reached the system, or never will. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
