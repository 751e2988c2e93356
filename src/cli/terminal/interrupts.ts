import { exitCodes } from './exit-code.ts';

export interface Interrupts {
  /** The exit code that the first signal asks for; null while there was none. */
  exitCode: () => number | null;
  /** Aborts at the first signal. */
  signal: AbortSignal;
  stop: () => void;
}

/** npm hands a Ctrl-C on that the terminal has sent to the whole group, us included: that is one, not two. */
const ECHO_MS = 500;

/** The limit of a clean end, also where a server or Temporal does not answer. */
const SHUTDOWN_TIMEOUT_MS = 14_000;

/**
 * The first Ctrl-C (or SIGTERM) asks for a clean end, which has 14 s; the second leaves at once. The embedded Temporal
 * ends with this process.
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
    stop: () => {
      clearTimeout(shutdown);
      process.off('SIGINT', handle).off('SIGTERM', handle);
    },
  };
}
