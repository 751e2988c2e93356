import { exitCodes } from './exit-code.ts';

export interface Interrupts {
  /** The exit code that the first signal asks for; null while there was none. */
  exitCode(): number | null;
  stop(): void;
}

/** npm hands a Ctrl-C on that the terminal has sent to the whole group, us included: that is one, not two. */
const ECHO_MS = 500;

/**
 * The first Ctrl-C (or SIGTERM) asks for a clean end, the second leaves at once: the embedded Temporal and every
 * command on a server end with this process.
 */
export function onInterrupt(first: (signal: NodeJS.Signals) => void): Interrupts {
  let exitCode: number | null = null;
  let firstAt = 0;
  const handle = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    if (exitCode !== null && performance.now() - firstAt < ECHO_MS) return;
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    firstAt = performance.now();
    first(signal);
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return {
    exitCode: () => exitCode,
    stop: () => process.off('SIGINT', handle).off('SIGTERM', handle),
  };
}
