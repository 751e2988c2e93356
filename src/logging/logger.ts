import { once } from 'node:events';
import { pino } from 'pino';
import { inertJson } from '../domain/untrusted.ts';
import { logContext } from './context.ts';

export type Logger = pino.Logger;
export type LogLevel = pino.LevelWithSilent;
export type LogDestination = { file: string } | 'stderr';

/** A logger with a destination of its own to close. Its children are plain loggers. */
export type RootLogger = Logger & { close(): Promise<void> };

const secrets = ['privateKey', 'passphrase', 'password', 'hostPrivateKey', 'authorization', 'apiKey'];

/**
 * Writes JSON lines: ISO time, the level as a word, the fields of the log context, the message in `msg`.
 * Lines are written at once, so that a crash loses none. A file is appended to, readable by its owner only; its folder
 * is made where it is missing.
 * @throws Error if the file cannot be opened
 */
export function createLogger(destination: LogDestination, level: LogLevel): RootLogger {
  const stream = pino.destination(
    destination === 'stderr'
      ? { dest: 2, sync: true }
      : { dest: destination.file, mkdir: true, mode: 0o600, sync: true }
  );
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      hooks: { streamWrite: inertJson }, // somebody reads it on a terminal
      mixin: (_line, _level, of) => unboundContext(of),
    },
    stream
  );
  return Object.assign(logger, {
    close: async () => {
      if (destination === 'stderr') return;
      stream.write = () => true; // a late line is dropped; the closed stream would throw
      stream.end();
      await once(stream, 'close');
    },
  });
}

/** Fields that a logger binds itself win over the context, and must not appear twice in a line. */
function unboundContext(logger: Logger): object {
  const context = Object.entries(logContext());
  if (context.length === 0) return {};
  const bound = logger.bindings();
  return Object.fromEntries(context.filter(([name]) => !(name in bound)));
}
