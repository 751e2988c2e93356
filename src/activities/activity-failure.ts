import { inspect } from 'node:util';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';

const MESSAGE_LIMIT = 1_000;

/**
 * Makes an activity reject with failures that a workflow can tell apart: our own kinds by type, never retried, since
 * what is worth another try was tried already. Anything else that was thrown keeps its name and message and nothing
 * more: an object in it that cannot be serialised would kill the worker.
 */
export function toApplicationFailure<Input, Output>(
  activity: (input: Input) => Promise<Output>
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw applicationFailure(error);
    }
  };
}

function applicationFailure(error: unknown): Error {
  // Cancellation, and whatever else the SDK itself threw.
  if (error instanceof TemporalFailure && !(error instanceof ApplicationFailure)) return error;
  const { type, text } = describe(error);
  const failure = ApplicationFailure.create({
    message: printable(text, MESSAGE_LIMIT),
    type,
    nonRetryable: true,
    ...(error instanceof Failure ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
  if (error instanceof Error && error.stack !== undefined && !(error instanceof Failure)) failure.stack = error.stack;
  return failure;
}

function describe(error: unknown): { type: string; text: string } {
  if (error instanceof Failure) return { type: error.kind, text: error.message };
  if (error instanceof ApplicationFailure) return { type: error.type ?? error.name, text: error.message };
  if (error instanceof Error) return { type: error.name, text: error.message };
  return { type: 'Unknown', text: `an activity threw ${inspect(error, { depth: 0 })}` };
}
