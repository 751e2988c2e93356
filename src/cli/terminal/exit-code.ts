import type { FleetReport } from '../../domain/reports/fleet-report.ts';

export const exitCodes = {
  passed: 0,
  failed: 1,
  /** Wrong usage or configuration: no server was touched. */
  refused: 2,
  /** Something could not be judged, nothing was judged at all, or the run could not finish. */
  unjudged: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of a finished run. A fail beats an error; neither ever reads as 0. */
export function exitCodeFor({ counts, requested }: FleetReport, { measureOnly }: { measureOnly: boolean }): number {
  if (counts.fail > 0) return exitCodes.failed;
  const good = measureOnly ? counts.pass + counts.measured : counts.pass;
  const neutral = counts.measured + counts.skip;
  const accounted = good > 0 && counts.pass + neutral === requested;
  return accounted ? exitCodes.passed : exitCodes.unjudged;
}
