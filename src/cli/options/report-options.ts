import type { Command, CommandUnknownOpts, OptionValues } from '@commander-js/extra-typings';
import type { JsonOption } from '../terminal/terminal.ts';
import { withExports, type ExportOptions } from './export-options.ts';
import { groups } from './option-groups.ts';

/** Adds the options of a verb that prints a report: as what, how much else, and into which files. */
export function withReport<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
  kind: { isCheck?: boolean } = {}
): Command<Arguments, Options & JsonOption & ExportOptions> {
  (command as unknown as CommandUnknownOpts)
    .optionsGroup(groups.output)
    .option('--json', 'print only the report, as JSON')
    .option('--quiet', 'print only the report and errors');
  return withExports(command as Command<Arguments, Options & JsonOption>, kind);
}
