import type { LogLevel as TemporalLogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import type { Logger } from './logger.ts';

/** The start of webpack's report about a finished bundle. The SDK also logs a line of its own about it. */
const BUNDLE_MESSAGE = 'asset workflow-bundle-';

/**
 * Adapts our logger for the Temporal SDK: workflow code, the SDK and its native core log through it. The server or the run
 * is derived from the workflow id.
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
    ...(error === undefined ? {} : { err: error as unknown }), // pino serializes an error under this name
  };
  if (typeof workflowId !== 'string') return { ...meta, ...origin };
  const serverId = serverOfWorkflow(workflowId);
  return { ...meta, ...origin, ...(serverId === null ? { run: workflowId } : { serverId }) };
}
