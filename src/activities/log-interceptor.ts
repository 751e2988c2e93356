import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import { withLogContext } from '../logging/context.ts';
import type { LogContext } from '../logging/context.ts';

/** Everything that is logged inside of an activity carries its server and benchmark, or its run, by itself. */
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
  // The id of a benchmark's activity is its name, and what distinguishes it from others of the same name after a #.
  return activityType.startsWith('benchmark') ? { serverId, benchmark: activityId.replace(/#.*$/, '') } : { serverId };
}
