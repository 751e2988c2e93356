import type { Client, WorkflowHandle } from '@temporalio/client';
import { printable } from '../../domain/values/untrusted.ts';
import { isUnavailable } from './end-of-run.ts';
import { onInterrupt } from '../terminal/interrupts.ts';

const CANCEL_TIMEOUT_MS = 5_000;
/** A cancelled run with a worker ends within 5 s. The rest of the shutdown must fit into the 14 s after a signal. */
const LEAVE_AFTER_MS = 10_000;

const NO_ANSWER = 'the Temporal does not answer';

export interface Stop {
  /** Resolves when the wait for the end of the run must stop. */
  leave: Promise<'leave'>;
  /** Why the run could not be cancelled; null if it was, or did not need to be. */
  cancelError: () => string | null;
  /** The exit code for the signal; null before any signal. */
  exitCode: () => number | null;
  end: () => void;
}

export interface StopOptions {
  client: Client;
  /** The run is already being cancelled: a signal leaves at once. */
  isCancelled: boolean;
  /** What is being stopped, for the message. */
  what: string;
  say: (line: string) => void;
}

/** At the first signal, cancels a run as soon as it has started, and allows it 10 s to end. */
export function stopOnSignal(started: Promise<WorkflowHandle>, { client, isCancelled, what, say }: StopOptions): Stop {
  let resolve = (_: 'leave'): void => undefined;
  const leave = new Promise<'leave'>((done) => (resolve = done));
  let leaveTimer: NodeJS.Timeout | undefined;
  let cancelError: string | null = null;
  let hasStarted = false;
  started.then(
    () => (hasStarted = true),
    () => undefined
  );
  const cancel = async (): Promise<void> => {
    const handle = await started.catch(() => null); // it did not start
    if (handle === null) return;
    cancelError = NO_ANSWER;
    try {
      await client.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => handle.cancel());
      cancelError = null;
    } catch (error) {
      cancelError = isUnavailable(error)
        ? NO_ANSWER
        : printable(error instanceof Error ? error.message : String(error), 500);
      say(`The run could not be cancelled: ${cancelError}`);
    }
  };
  const interrupts = onInterrupt(() => {
    if (isCancelled) return resolve('leave');
    say(`${hasStarted ? what : 'Ending'}. Press Ctrl-C again to leave at once.`);
    leaveTimer = setTimeout(() => resolve('leave'), LEAVE_AFTER_MS);
    void cancel();
  });
  return {
    leave,
    cancelError: () => cancelError,
    exitCode: interrupts.exitCode,
    end() {
      clearTimeout(leaveTimer);
      interrupts.stop();
    },
  };
}

/** At the first signal, stops the wait for a run that goes on. */
export function leaveOnSignal(): Stop {
  let resolve = (_: 'leave'): void => undefined;
  const leave = new Promise<'leave'>((done) => (resolve = done));
  const interrupts = onInterrupt(() => resolve('leave'));
  return { leave, cancelError: () => null, exitCode: interrupts.exitCode, end: interrupts.stop };
}
