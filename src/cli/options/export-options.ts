import { Option, type Command, type CommandUnknownOpts, type OptionValues } from '@commander-js/extra-typings';
import { printable } from '../../domain/values/untrusted.ts';
import { reportFormats, type ReportFormat } from '../../reports/exports/formats.ts';
import { groups } from './option-groups.ts';
import { Refusal } from '../terminal/refusal.ts';

/** A file for the report. */
export interface WantedExport {
  format: ReportFormat;
  /** `-`: standard output. */
  file: string;
}

export type ExportOptions = {
  /** Undefined: none. */
  exports?: WantedExport[] | undefined;
};

/** Adds the options `--export-<format> <file>`, whose values are one list, in the order of the command line. */
export function withExports<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
  { isCheck = false } = {}
): Command<Arguments, Options & ExportOptions> {
  const formats = reportFormats.filter(({ ofRunsOnly }) => !isCheck || !ofRunsOnly);
  for (const format of formats) (command as unknown as CommandUnknownOpts).addOption(new ExportOption(format));
  return command;
}

/** An export as it was written on the command line. */
export function exportText({ format, file }: WantedExport): string {
  return printable(`--export-${format.name} ${file}`, 300);
}

/** @throws Refusal if there is an export, although the command makes no report */
export function refuseExports({ exports = [] }: ExportOptions, why: string): void {
  const [first] = exports;
  if (first) throw new Refusal(`${why}: remove ${exportText(first)}`);
}

class ExportOption extends Option<string> {
  constructor(format: ReportFormat) {
    super(`--export-${format.name} <file>`, format.what);
    this.helpGroup(groups.files);
    this.argParser((file: string, before: WantedExport[] | undefined) => [...(before ?? []), { format, file }]);
  }

  override attributeName(): string {
    return 'exports';
  }
}
