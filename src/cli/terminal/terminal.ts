/** Where a verb reads and writes: the result goes to stdout, everything else to stderr. */
export type Terminal = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env'>;

/** Tells a person something while a verb is at work, a line at a time. */
export function messagePrinter({ stderr }: Pick<Terminal, 'stderr'>): (line: string) => void {
  return (line) => void stderr.write(`${line}\n`);
}
