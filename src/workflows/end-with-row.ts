import { ApplicationFailureCategory } from '@temporalio/common';
import { ApplicationFailure, CancelledFailure, log, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { isFailureKind } from '../domain/failures/failure.ts';
import { reasonOf } from '../domain/reports/duplicate-messages.ts';
import { printable } from '../domain/values/untrusted.ts';
import { failureDetails, type ServerRow } from '../domain/verdicts/server-row.ts';
import { unmeasuredMarkdown } from '../reports/runs/server-markdown.ts';
import { hasWrongResult } from '../domain/verdicts/shortfall-advice.ts';

/** Maximum length of the failure message; the row in the details is complete. */
const MESSAGE_LIMIT = 1_000;

/**
 * Ends the workflow of a server: returns the row, or throws a failure with the row as `details[0]`.
 * A cancelled workflow has no result: it fails instead, so that its parent gets the row.
 */
export function endWithRow(row: ServerRow): ServerRow {
  const { verdict, reason } = row;
  log.info('server ended', { verdict, reason: reasonOf(row) });
  const unmeasured = row.benchmarks.length === 0 ? unmeasuredMarkdown(row) : null;
  if (unmeasured !== null) setCurrentDetails(unmeasured);
  const hasParent = workflowInfo().parent !== undefined;
  if (verdict === 'not_reached' || (verdict === 'cancelled' && !hasParent))
    throw new CancelledFailure(reason ?? verdict);
  if (['fail', 'error', 'busy', 'cancelled'].includes(verdict)) throw serverFailure(row);
  return row;
}

function serverFailure(row: ServerRow): ApplicationFailure {
  const result = row.verdict === 'fail' || row.verdict === 'cancelled' || isFailureKind(row.error?.type);
  const failure = ApplicationFailure.create({
    type: typeOf(row),
    message: printable(`${row.serverId} ${row.verdict} ${reasonOf(row) ?? ''}`, MESSAGE_LIMIT),
    nonRetryable: true,
    details: failureDetails(row),
    // A slow or unreachable server is a result, not a bug in this service.
    ...(result ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
  failure.stack = ''; // the Web UI should not show a stack trace of fleetmark
  return failure;
}

function typeOf(row: ServerRow): string {
  const { verdict, error } = row;
  if (verdict === 'fail') return hasWrongResult(row) ? 'WrongResult' : 'PerformanceBelowExpected';
  return verdict === 'cancelled' ? 'Cancelled' : (error?.type ?? 'Unknown');
}
