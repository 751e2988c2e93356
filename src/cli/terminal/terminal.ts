import { styleText } from 'node:util';
import { jsonText } from '../../reports/runs/json.ts';
import type { Style, StyleRole } from '../../reports/style.ts';

/** The streams and environment of a verb. Results go to stdout, everything else to stderr. */
export type Terminal = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env'>;

const FORMATS = {
  strong: 'bold',
  good: 'green',
  bad: 'red',
  doubtful: 'yellow',
  muted: 'dim',
} as const satisfies Record<StyleRole, Parameters<typeof styleText>[0]>;

/** The option of every verb that prints a result. */
export interface JsonOption {
  json?: true | undefined;
}

/** Returns a function that prints one line to stderr. */
export function messagePrinter({ stderr }: Pick<Terminal, 'stderr'>): (line: string) => void {
  return (line) => void stderr.write(`${line}\n`);
}

/** Colours for one stream; respects NO_COLOR and FORCE_COLOR. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (role, text) => styleText(FORMATS[role], text, { validateStream: true, stream });
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
  { stdout }: Pick<Terminal, 'stdout'>
): void {
  stdout.write(json ? jsonText(result) : toText(styleFor(stdout)));
}
