import { WorkflowExecutionAlreadyStartedError, type SearchAttributePair } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { ServerInput } from '../domain/plans/plan.ts';
import type { RowError } from '../domain/failures/failure.ts';
import { RUN_CANCELLED } from '../domain/reports/cancelled-servers.ts';
import { readServerRow } from '../domain/reports/read-report.ts';
import { serverWorkflowId } from '../domain/servers/server.ts';
import { unmeasuredRow, type ServerRow } from '../domain/verdicts/server-row.ts';
import { attributePairs } from './search-attributes.ts';
import { describeError, detailsOf } from './workflow-failure.ts';

/** A cancelled run releases its servers within seconds: retry this long before the server counts as busy. */
const RETRY_DELAYS = ['1s', '2s', '4s', '8s'] as const;

/**
 * Runs `benchmarkServer` as the child `server/<serverId>`, whose id is the mutex of that server. Always resolves to a row:
 * a failure becomes a row, too.
 * @param args - the arguments of `benchmarkServer`
 */
export async function runServer(serverId: string, args: unknown[], runTimeoutMs: number): Promise<ServerRow> {
  for (const pause of [...RETRY_DELAYS, null]) {
    try {
      return rowOf(serverId, await executeServer(serverId, args, runTimeoutMs));
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return rowOfFailure(serverId, error);
    }
    try {
      if (pause !== null) await sleep(pause);
    } catch {
      return unmeasuredRow(serverId, 'not_reached', null, `${RUN_CANCELLED} before this server was free`);
    }
  }
  const message = `another run is benchmarking this server: workflow ${serverWorkflowId(serverId)}`;
  return unmeasuredRow(serverId, 'busy', { type: 'ServerBusy', message });
}

async function executeServer(serverId: string, args: unknown[], runTimeoutMs: number): Promise<unknown> {
  return executeChild('benchmarkServer', {
    workflowId: serverWorkflowId(serverId),
    args,
    staticSummary: serverId,
    ...startAttributes(serverId, args[0]),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    // Otherwise a worker without this workflow, or an endless loop in it, would block the run for ever.
    workflowRunTimeout: runTimeoutMs,
  });
}

function startAttributes(serverId: string, input: unknown): { typedSearchAttributes?: SearchAttributePair[] } {
  if (!(input as ServerInput | undefined)?.searchAttributes) return {};
  const run = workflowInfo().workflowId;
  return { typedSearchAttributes: attributePairs({ FleetmarkRun: run, FleetmarkServer: serverId }) };
}

function rowOf(serverId: string, result: unknown): ServerRow {
  const error = { type: 'MalformedRow', message: 'its workflow returned an invalid row' };
  return readServerRow(result, serverId) ?? unmeasuredRow(serverId, 'error', error);
}

function rowOfFailure(serverId: string, failure: unknown): ServerRow {
  if (isCancellation(failure)) return unmeasuredRow(serverId, 'cancelled', null, RUN_CANCELLED);
  const row = readServerRow(detailsOf(failure), serverId);
  // A failed workflow never counts as a pass, no matter what its details contain.
  if (row !== null && ['fail', 'error', 'busy', 'cancelled'].includes(row.verdict)) return row;
  return unmeasuredRow(serverId, 'error', timeoutError(failure) ?? describeError(failure));
}

function timeoutError(failure: unknown): RowError | null {
  if (!(failure instanceof ChildWorkflowFailure && failure.cause instanceof TimeoutFailure)) return null;
  return {
    type: 'TimedOut',
    message: 'its workflow timed out; see the Web UI or the log of the worker',
  };
}
