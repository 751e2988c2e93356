import type { Logger } from '../../logging/logger.ts';

/** Per connection, since a server can make ssh2 write any number of lines of any length. */
const MAX_LINES = 500;
const MAX_LINE_LENGTH = 1000;

/** Logs the debug lines of ssh2: how a connection came to be at level debug, the packets on it at level trace. */
export function ssh2Lines(log: Logger): (line: string) => void {
  let lines = 0;
  return (line) => {
    const level = line.includes('CHANNEL_') ? 'trace' : 'debug';
    if (lines > MAX_LINES || !log.isLevelEnabled(level)) return;
    lines += 1;
    if (lines <= MAX_LINES) log[level]({ ssh2: line.slice(0, MAX_LINE_LENGTH) }, 'ssh2');
    else log.debug(`no more lines of ssh2 about this connection: it wrote ${MAX_LINES}`);
  };
}
