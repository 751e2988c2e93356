import { once } from 'node:events';
import { pino } from 'pino';
import { inertJson } from '../domain/values/untrusted.ts';
import { logContext } from './context.ts';
import { withoutSecrets } from './redact.ts';

export type Logger = pino.Logger;
export type LogLevel = pino.LevelWithSilent;
export type LogDestination = { file: string } | 'stderr';

/** A logger with its own destination, which must be closed. Its children are plain loggers. */
export type RootLogger = Logger & { close(): Promise<void> };

/** Called when a log file cannot be written, and when it can be written again. Lines are kept meanwhile. */
export interface LogFileWatcher {
  fails(error: NodeJS.ErrnoException): void;
  works(): void;
}

/** Maximum size of the lines that are kept until they can be written. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * Creates a logger that writes JSON lines: ISO time, level name, fields of the log context, and the message as `msg`. Lines
 * are written synchronously, so that a crash loses none. A file is private and appended to; its folder is created.
 * @throws Error if the file cannot be opened
 */
export function createLogger(destination: LogDestination, level: LogLevel, watcher?: LogFileWatcher): RootLogger {
  const stream = pino.destination(
    destination === 'stderr'
      ? { dest: 2, sync: true }
      : { dest: destination.file, mkdir: true, mode: 0o600, sync: true, maxLength: MAX_UNWRITTEN_BYTES }
  );
  if (destination !== 'stderr') watchFile(stream, watcher);
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: withoutDetails },
      hooks: { streamWrite: (line) => inertJson(withoutSecrets(line)) }, // the log may be shown on a terminal
      mixin: (_line, _level, of) => unboundContext(of),
    },
    stream
  );
  return Object.assign(logger, {
    close: async () => {
      if (destination === 'stderr') return;
      stream.write = () => true; // a late line is dropped; the closed stream would throw
      const closed = once(stream, 'close');
      stream.end();
      await closed.catch(() => stream.destroy()); // the last lines cannot be written
    },
  });
}

/** The details of an ApplicationFailure are rows and outputs: long, and kept elsewhere. */
function withoutDetails(error: unknown): unknown {
  return error instanceof Error ? { ...pino.stdSerializers.err(error), details: undefined } : error;
}

/** A log that cannot be written does not stop the process: the results are in Temporal. */
function watchFile(stream: ReturnType<typeof pino.destination>, watcher: LogFileWatcher | undefined): void {
  let isFailing = false;
  stream.on('error', (error) => {
    if (!isFailing) watcher?.fails(error as NodeJS.ErrnoException);
    isFailing = true;
  });
  stream.on('drain', () => {
    if (isFailing) watcher?.works();
    isFailing = false;
  });
}

/** The context without fields that the logger binds itself: a field must not appear twice. */
function unboundContext(logger: Logger): object {
  const context = Object.entries(logContext());
  if (context.length === 0) return {};
  const bound = logger.bindings();
  return Object.fromEntries(context.filter(([name]) => !(name in bound)));
}
