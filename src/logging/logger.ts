import { once } from 'node:events';
import { pino } from 'pino';
import { inertJson } from '../domain/values/untrusted.ts';
import { logContext } from './context.ts';

export type Logger = pino.Logger;
export type LogLevel = pino.LevelWithSilent;
export type LogDestination = { file: string } | 'stderr';

/** A logger with a destination of its own to close. Its children are plain loggers. */
export type RootLogger = Logger & { close(): Promise<void> };

const REDACTED_FIELDS = ['privateKey', 'passphrase', 'password', 'hostPrivateKey', 'authorization', 'apiKey'];

/** Is told when the file of a log cannot be written any more, and when it can again. No line is lost meanwhile. */
export interface LogFileWatcher {
  fails(error: NodeJS.ErrnoException): void;
  works(): void;
}

/** Bytes of lines that are kept until they can be written. */
const MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * Writes JSON lines: ISO time, the level as a word, the fields of the log context, the message in `msg`.
 * Lines are written at once, so that a crash loses none. A file is appended to, readable by its owner only; its folder
 * is made where it is missing.
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
      redact: { paths: REDACTED_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      hooks: { streamWrite: inertJson }, // somebody reads it on a terminal
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
      await closed.catch(() => stream.destroy()); // its last lines cannot be written
    },
  });
}

/** A log that cannot be written stops nothing: what matters is in Temporal. */
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

/** Fields that a logger binds itself win over the context, and must not appear twice in a line. */
function unboundContext(logger: Logger): object {
  const context = Object.entries(logContext());
  if (context.length === 0) return {};
  const bound = logger.bindings();
  return Object.fromEntries(context.filter(([name]) => !(name in bound)));
}
