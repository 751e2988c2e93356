import type { LogLevel as TemporalLogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import type { Logger } from './logger.ts';

/** How webpack begins its page on a bundle that came to be. The SDK tells of it in a line of its own. */
const BUNDLE_MESSAGE = 'asset workflow-bundle-';

/**
 * Lets the Temporal SDK log through ours: the lines of workflow code, of the SDK itself and of its native core. Their
 * workflow id tells the server; the lines of a run itself name the run.
 */
export function temporalLogger(logger: Logger): TemporalLogger {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta: LogMetadata = {}): void =>
      logger[level === 'info' && message.startsWith(BUNDLE_MESSAGE) ? 'debug' : level](fieldsOf(meta), message);
  const methods = { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const log = (level: TemporalLogLevel, message: string, meta?: LogMetadata): void =>
    methods[level.toLowerCase() as keyof typeof methods](message, meta);
  return { ...methods, log };
}

function fieldsOf({ sdkComponent, error, ...meta }: LogMetadata): Record<string, unknown> {
  const { workflowId } = meta as { workflowId?: unknown };
  const origin = {
    ...(sdkComponent === undefined ? {} : { component: String(sdkComponent) }),
    ...(error === undefined ? {} : { err: error as unknown }), // under this name its message is written too
  };
  if (typeof workflowId !== 'string') return { ...meta, ...origin };
  const serverId = serverOfWorkflow(workflowId);
  return { ...meta, ...origin, ...(serverId === null ? { run: workflowId } : { serverId }) };
}
