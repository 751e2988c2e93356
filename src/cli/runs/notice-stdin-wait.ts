import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

const REPORT_AFTER_MS = 5_000;

/** Prints a notice when a read from standard input takes long. Returns a function that stops the timer. */
export function noticeStdinWait(
  argv: readonly string[],
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>
): () => void {
  if (!argv.some((word) => /^(-i|.+=)?-$/.test(word))) return () => undefined;
  const timer = setTimeout(() => {
    const isRead = stdin.listenerCount('readable') > 0 && !stdin.readableEnded;
    if (isRead)
      messagePrinter({ stderr })('Waiting for the program that writes to standard input to end. Ctrl-C leaves.');
  }, REPORT_AFTER_MS);
  return () => clearTimeout(timer);
}
