import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import { withLogContext, type LogContext } from '../logging/context.ts';

/** Adds the server and benchmark, or the run, to all log lines of an activity. */
export function logInterceptor({ info }: Context): ActivityInterceptors {
  const fields = fieldsOf(info.workflowExecution?.workflowId ?? '', info.activityType, info.activityId);
  return {
    inbound: { execute: (input, next) => withLogContext(fields, () => next(input)) },
    outbound: { getLogAttributes: (input, next) => ({ ...next(input), ...fields }) },
  };
}

function fieldsOf(workflowId: string, activityType: string, activityId: string): LogContext {
  const serverId = serverOfWorkflow(workflowId);
  if (serverId === null) return { run: workflowId };
  // The activity id of a benchmark is its name, with a `#` suffix if it is repeated.
  return activityType.startsWith('benchmark') ? { serverId, benchmark: activityId.replace(/#.*$/, '') } : { serverId };
}
