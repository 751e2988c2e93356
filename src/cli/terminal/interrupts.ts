import { exitCodes } from './exit-code.ts';

export interface Interrupts {
  /** The exit code for the first signal; null before any signal. */
  exitCode: () => number | null;
  /** Aborts at the first signal. */
  signal: AbortSignal;
  /** Ends the shutdown: the next signal is the first one again. `signal` stays aborted. */
  restart: () => void;
  stop: () => void;
}

/** The terminal sends Ctrl-C to the whole process group, and npm forwards it again: both count as one. */
const ECHO_MS = 500;

/** After this time the process exits, even if a server or Temporal does not answer. */
const SHUTDOWN_TIMEOUT_MS = 14_000;

/**
 * Calls `first` at the first Ctrl-C or SIGTERM, which starts a clean shutdown of at most 14 s. The second one exits at
 * once. The embedded Temporal ends with this process.
 */
export function onInterrupt(first: (signal: NodeJS.Signals) => void): Interrupts {
  const interrupted = new AbortController();
  let exitCode: number | null = null;
  let firstAt = 0;
  let shutdown: NodeJS.Timeout | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    if (exitCode !== null && performance.now() - firstAt < ECHO_MS) return;
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    firstAt = performance.now();
    shutdown = setTimeout(() => process.exit(code), SHUTDOWN_TIMEOUT_MS);
    interrupted.abort();
    first(signal);
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return {
    exitCode: () => exitCode,
    signal: interrupted.signal,
    restart: () => {
      clearTimeout(shutdown);
      exitCode = null;
    },
    stop: () => {
      clearTimeout(shutdown);
      process.off('SIGINT', handle).off('SIGTERM', handle);
    },
  };
}

/** Resolves to null if the work fails after a signal: Ctrl-C also ends a program that the work has just started. */
export async function unlessInterrupted<T>(
  { exitCode }: Pick<Interrupts, 'exitCode'>,
  work: Promise<T>
): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (exitCode() === null) throw error;
    return null;
  }
}
