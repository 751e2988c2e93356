import { ApplicationFailure } from '@temporalio/common';
import { log } from '@temporalio/activity';
import type { RunRecord, ServerRecord } from '../domain/records/records.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

const MESSAGE_LIMIT = 500;

/** Writes the result of a server. A failure is retried: a store that is away comes back. */
export function recordServer({ results }: ActivityDependencies): (record: ServerRecord) => Promise<void> {
  return (record) => withHeartbeat({}, () => retryable(() => results!.recordServer(record)));
}

/** Writes the end of a run. Resolves to the servers without a row. */
export function recordRun({ results }: ActivityDependencies): (record: RunRecord) => Promise<string[]> {
  return (record) => withHeartbeat({}, () => retryable(() => results!.recordRun(record)));
}

export async function retryable<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    log.warn('the results store does not work; trying again', { err: error });
    const { name, message } = error as Error;
    throw ApplicationFailure.retryable(printable(message, MESSAGE_LIMIT), name);
  }
}
