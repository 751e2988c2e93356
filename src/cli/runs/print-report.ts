import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { checkText } from '../../reports/checks/check-text.ts';
import { textReport } from '../../reports/runs/text.ts';
import { printResult, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Prints the report of a run or a check to stdout: as text, with `--json` as JSON. */
export function printReport(report: FleetReport, options: JsonOption, terminal: Terminal): void {
  printResult(report, (style) => (report.checkOnly ? checkText : textReport)(report, style), options, terminal);
}
