import { inspect } from 'node:util';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import type { FailureDetails } from '../domain/measurements/benchmark-result.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import { BenchmarkFailure } from './raw-output.ts';

const MESSAGE_LIMIT = 1_000;

/**
 * Wraps an activity so that it rejects with an ApplicationFailure whose type is the failure kind. It is never retried:
 * activities retry by themselves where it helps. Other errors keep only their name and message, because a value in them
 * that cannot be serialised would crash the worker. A failed benchmark has its output as `details[0]`.
 */
export function toApplicationFailure<Inputs extends unknown[], Output>(
  activity: (...inputs: Inputs) => Promise<Output>
): (...inputs: Inputs) => Promise<Output> {
  return async (...inputs) => {
    try {
      return await activity(...inputs);
    } catch (error) {
      throw applicationFailure(error);
    }
  };
}

function applicationFailure(error: unknown): Error {
  // Cancellation, and other errors of the SDK.
  if (error instanceof TemporalFailure && !(error instanceof ApplicationFailure)) return error;
  const { type, text } = describe(error);
  const failure = ApplicationFailure.create({
    message: printable(text, MESSAGE_LIMIT),
    type,
    nonRetryable: true,
    ...(error instanceof Failure ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(error instanceof BenchmarkFailure && { details: [{ raw: error.raw } satisfies FailureDetails] }),
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
