import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { checkText } from '../../reports/checks/check-text.ts';
import { textReport } from '../../reports/runs/text.ts';
import { printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Prints the report of a run or a check to stdout: as text, with `--json` as JSON. `verbose`: all details of a check. */
export function printReport(
  report: FleetReport,
  options: JsonOption & { verbose?: true | undefined },
  terminal: Terminal
): void {
  const width = widthOf(terminal.stdout);
  const withDetails = options.verbose ?? false;
  printResult(
    report,
    (style) => (report.checkOnly ? checkText(report, { style, width, withDetails }) : textReport(report, style, width)),
    options,
    terminal
  );
}
