/** The streams and environment of a verb. Results go to stdout, everything else to stderr. */
export type Terminal = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env'>;

/** Returns a function that prints one line to stderr. */
export function messagePrinter({ stderr }: Pick<Terminal, 'stderr'>): (line: string) => void {
  return (line) => void stderr.write(`${line}\n`);
}
