import { advice, Failure } from '../../domain/failures/failure.ts';
import { isDiskFull } from '../../domain/failures/full-disk.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { StoreAway, UnusableStore } from '../../store/store-error.ts';
import { exitCodes } from './exit-code.ts';

/** An error that the user can correct: printed as a message without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.refused, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * The text to print for an error, and the exit code. The text may contain output of a server or of Temporal: line
 * breaks are kept, other control characters are replaced.
 */
export function describeError(error: unknown, verbose: boolean): { text: string; exitCode: number } {
  const { text, exitCode } = textAndExitCode(error, verbose);
  return { text: text.split('\n').map(printableLine).join('\n'), exitCode };
}

function printableLine(line: string): string {
  const indent = /^ */.exec(line)![0];
  return indent + printable(line, 2000);
}

function textAndExitCode(error: unknown, verbose: boolean): { text: string; exitCode: number } {
  if (error instanceof Refusal) return { text: error.message, exitCode: error.exitCode };
  // A Failure occurs before anything was started; any other error may interrupt a run, which can be resumed.
  if (isDiskFull(error)) {
    const text = `the disk is full: ${(error as Error).message.replace(/\.$/, '')}\nFree some space (df -h) and start again; finished work is kept.`;
    return { text, exitCode: error instanceof Failure ? exitCodes.refused : exitCodes.unjudged };
  }
  if (error instanceof UnusableStore) return { text: error.message, exitCode: exitCodes.refused };
  if (error instanceof StoreAway) {
    const text = `${error.message}\nCheck that it runs and has space on its disk (df -h), then try again.`;
    return { text, exitCode: exitCodes.unjudged };
  }
  if (error instanceof Failure) return { text: `${error.message}\n${advice[error.kind]}`, exitCode: exitCodes.refused };
  const temporalText = grpcErrorText(error);
  if (temporalText !== null && !verbose) return { text: temporalText, exitCode: exitCodes.unjudged };
  const text = error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error);
  const hint = verbose ? '' : '\nThis is a bug in fleetmark; run it again with --verbose to see where it happened.';
  return { text: `internal error: ${text}${hint}`, exitCode: exitCodes.unjudged };
}

/** The text for a failed gRPC call to Temporal; null for any other error. Does not load the SDK. */
function grpcErrorText(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, details } = (error.name === 'ServiceError' ? error.cause : error) as {
    code?: unknown;
    details?: unknown;
  };
  if (typeof code !== 'number' || typeof details !== 'string') return null;
  return `a call to Temporal failed: ${details || error.message}\nCheck that it runs and grants access; --verbose shows where this happened.`;
}
