import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { exitCodeFor, exitCodes } from '../terminal/exit-code.ts';
import type { JsonOption, Terminal } from '../terminal/terminal.ts';
import { writeExports } from './exports.ts';
import { printReport } from './print-report.ts';

/**
 * Ends a command that had nothing to measure, and has said so. A pipeline that asks for a report gets one in each format, so
 * that it reads no empty output and no file of an earlier run. Resolves to the exit code.
 */
export async function endWithoutRun(
  report: FleetReport,
  options: JsonOption & ExportOptions,
  terminal: Terminal
): Promise<number> {
  if (options.json) printReport(report, options, terminal);
  const areWritten = await writeExports(report, options, terminal);
  if (report.requested > 0) return exitCodeFor(report);
  return areWritten ? exitCodes.passed : exitCodes.unjudged;
}
