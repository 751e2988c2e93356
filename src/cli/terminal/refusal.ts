import { advice, Failure } from '../../domain/failures/failure.ts';
import { isDiskFull } from '../../domain/failures/full-disk.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { exitCodes } from './exit-code.ts';

/** Something a person must know before anything can run: told without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.refused, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * What a person reads of an error, and the exit code: a user's mistake is one sentence and what to do about it.
 * The words may be those of a server or of a Temporal; their lines are kept, and nothing else that moves a cursor.
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
  if (isDiskFull(error)) return { text: diskFullText(error as Error), exitCode: diskFullExitCode(error as Error) };
  if (error instanceof Failure) return { text: `${error.message}\n${advice[error.kind]}`, exitCode: exitCodes.refused };
  const temporalText = grpcErrorText(error);
  if (temporalText !== null && !verbose) return { text: temporalText, exitCode: exitCodes.unjudged };
  const text = error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error);
  const hint = verbose ? '' : '\nThis is not supposed to happen; --verbose shows where it did.';
  return { text: `internal error: ${text}${hint}`, exitCode: exitCodes.unjudged };
}

/** Found before anything was started it is a refusal; later, what was under way can go on. */
function diskFullExitCode(error: Error): number {
  return error instanceof Failure ? exitCodes.refused : exitCodes.unjudged;
}

function diskFullText({ message }: Error): string {
  return `the disk is full: ${message.replace(/\.$/, '')}\nMake space there (df -h) and start again; what was finished before is kept.`;
}

/** What Temporal or the way to it said, in an error of a call; null: it is no such error. Loads nothing of the SDK. */
function grpcErrorText(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, details } = (error.name === 'ServiceError' ? error.cause : error) as {
    code?: unknown;
    details?: unknown;
  };
  if (typeof code !== 'number' || typeof details !== 'string') return null;
  return `Temporal did not do what it was asked: ${details || error.message}\nCheck that it runs and lets us in; --verbose shows where this happened.`;
}
