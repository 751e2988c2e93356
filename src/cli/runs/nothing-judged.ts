import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { countUnjudged } from '../../domain/verdicts/verdict.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { exitCodeFor, exitCodes } from '../terminal/exit-code.ts';

/**
 * Why the exit code is 3 although every server was measured; null if that is not so.
 * @param asked - for a report of an earlier version, which does not say it
 */
export function nothingJudgedText(report: FleetReport, asked?: { measureOnly: boolean }): string | null {
  const { counts, checkOnly } = report;
  const isMeasured = !checkOnly && counts.measured > 0 && counts.pass === 0 && countUnjudged(counts) === 0;
  if (!isMeasured || exitCodeFor(report, asked) !== exitCodes.unjudged) return null;
  const instead = `${ownCommand('run', '--measure-only')} exits with 0`;
  return `Nothing was judged, because nothing is expected of what was measured: the exit code is 3 (${instead}).`;
}
