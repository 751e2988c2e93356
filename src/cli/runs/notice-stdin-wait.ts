import { messagePrinter } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

const REPORT_AFTER_MS = 5_000;

/** Says that standard input is waited for, which another program may never end. Returns what stops it. */
export function noticeStdinWait(
  argv: readonly string[],
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>
): () => void {
  if (!argv.some((word) => /^(-i|--inventory=|--from=)?-$/.test(word))) return () => undefined;
  const timer = setTimeout(() => {
    const isRead = stdin.listenerCount('readable') > 0 && !stdin.readableEnded;
    if (isRead)
      messagePrinter({ stderr })('Waiting for the program that writes to standard input to end. Ctrl-C leaves.');
  }, REPORT_AFTER_MS);
  return () => clearTimeout(timer);
}
