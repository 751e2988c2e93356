import { exitCodes } from './exit-code.ts';

export interface Interrupts {
  /** The exit code that the first signal asks for; null while there was none. */
  exitCode(): number | null;
  stop(): void;
}

/**
 * The first Ctrl-C (or SIGTERM) asks for a clean end, the second leaves at once: the embedded Temporal and every
 * command on a server end with this process.
 */
export function onInterrupt(first: (signal: NodeJS.Signals) => void): Interrupts {
  let exitCode: number | null = null;
  const handle = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    first(signal);
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return {
    exitCode: () => exitCode,
    stop: () => process.off('SIGINT', handle).off('SIGTERM', handle),
  };
}
