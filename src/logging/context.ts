import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line written inside of {@link withLogContext} carries by itself. */
export interface LogContext {
  serverId?: string;
  benchmark?: string;
  /** Workflow id of the run. */
  run?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `fn` so that its log lines, and those of everything it awaits, carry `fields` on top of those of its caller. */
export function withLogContext<T>(fields: LogContext, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, fn);
}

/** Runs `fn` without its caller's fields: for what outlives the caller, such as a shared connection. */
export function outsideLogContext<T>(fn: () => T): T {
  return storage.exit(fn);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
