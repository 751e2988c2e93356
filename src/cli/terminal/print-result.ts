import { jsonText } from '../../reports/runs/json.ts';
import type { Style } from '../../reports/style.ts';
import { styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';

/** Prints the result of a verb to stdout: JSON with `--json`, otherwise text. */
export function printResult(
  result: object,
  toText: (style: Style) => string,
  { json }: { json?: true | undefined },
  { stdout }: Pick<Terminal, 'stdout'>
): void {
  stdout.write(json ? jsonText(result) : toText(styleFor(stdout)));
}
