import { jsonText } from '../../reports/runs/json.ts';
import type { Style } from '../../reports/style.ts';
import { styleFor, type ColorMode } from './colors.ts';

/** The streams and environment of a verb. Results go to stdout, everything else to stderr. */
export interface Terminal extends Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env'> {
  /** `--quiet`: only results and problems. */
  isQuiet?: boolean | undefined;
  color?: ColorMode | undefined;
}

/** The option of every verb that prints a result. */
export interface JsonOption {
  json?: true | undefined;
}

/** Returns a function that prints one line to stderr; with `--quiet` it prints nothing. */
export function messagePrinter({
  stderr,
  isQuiet = false,
}: Pick<Terminal, 'stderr' | 'isQuiet'>): (line: string) => void {
  return isQuiet ? () => undefined : problemPrinter({ stderr });
}

/** As {@link messagePrinter}, for what a person must know also with `--quiet`. */
export function problemPrinter({ stderr }: Pick<Terminal, 'stderr'>): (line: string) => void {
  return (line) => void stderr.write(`${line}\n`);
}

/** The columns of a terminal; Infinity for a file or a pipe. */
export function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : Infinity;
}

/** Prints the result of a verb to stdout: JSON with `--json`, otherwise text. */
export function printResult(
  result: object,
  toText: (style: Style) => string,
  { json }: JsonOption,
  terminal: Pick<Terminal, 'stdout' | 'env' | 'color'>
): void {
  const { stdout } = terminal;
  stdout.write(json ? jsonText(result) : toText(styleFor(stdout, terminal)));
}
