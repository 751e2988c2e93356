import { jsonText } from '../../reports/runs/json.ts';
import type { Style } from '../../reports/style.ts';
import { styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';

/** The result of a verb, on stdout: with `--json` as JSON and nothing else, else for people. */
export function printResult(
  result: object,
  toText: (style: Style) => string,
  { json }: { json?: true | undefined },
  { stdout }: Pick<Terminal, 'stdout'>
): void {
  stdout.write(json ? jsonText(result) : toText(styleFor(stdout)));
}
