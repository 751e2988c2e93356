import { exitCodes } from './exit-code.ts';
import { ownCommand } from './own-command.ts';
import { describeError } from './refusal.ts';

/** How many runs this process is watching: after a crash it prints how to resume them. */
let watchedRuns = 0;

/** Marks a run as in progress until the returned function is called. */
export function markRunInProgress(): () => void {
  watchedRuns += 1;
  return () => void (watchedRuns -= 1);
}

export function isRunInProgress(): boolean {
  return watchedRuns > 0;
}

/**
 * Ends this process with the exit code of a verb as soon as its output is written, even if something still keeps the
 * event loop alive. A closed pipe (`| head`) is not an error. Any other write error is, because the result is lost.
 */
export async function endProcessWith(verb: Promise<number>): Promise<never> {
  let writeError: Error | null = null;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') writeError = error;
    });
  }
  // Node would exit with 1, which here means that a server failed.
  process.on('uncaughtException', (error) => {
    const { text } = describeError(error, process.argv.includes('--verbose'));
    const further = isRunInProgress() ? `\nResume the run: ${ownCommand('run', '--resume')}` : '';
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

/** Resolves when all earlier writes have reached the operating system, or when the stream is destroyed. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
