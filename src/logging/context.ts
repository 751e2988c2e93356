import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields that are added to every log line inside {@link withLogContext}. */
export interface LogContext {
  serverId?: string;
  benchmark?: string;
  /** Workflow id of the run. */
  run?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `fn` and adds `fields` to its log lines and those of everything it awaits, on top of the caller's fields. */
export function withLogContext<T>(fields: LogContext, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, fn);
}

/** Runs `fn` without the caller's fields: for work that outlives the caller, such as a shared connection. */
export function outsideLogContext<T>(fn: () => T): T {
  return storage.exit(fn);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
