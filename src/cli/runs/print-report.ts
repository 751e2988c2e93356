import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { checkText } from '../../reports/checks/check-text.ts';
import { textReport } from '../../reports/runs/text.ts';
import { printResult } from '../terminal/print-result.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints the report of a run or a check. */
export function printReport(report: FleetReport, options: { json?: true | undefined }, terminal: Terminal): void {
  const inWords = report.checkOnly ? checkText : textReport;
  printResult(report, (style) => inWords(report, style), options, terminal);
}
