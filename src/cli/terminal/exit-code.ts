import type { FleetReport } from '../../domain/reports/fleet-report.ts';

export const exitCodes = {
  passed: 0,
  failed: 1,
  /** Wrong usage or configuration: no server was touched. */
  refused: 2,
  /** A server could not be judged, no server was judged, or the run could not finish. */
  unjudged: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * The exit code of a finished run. A failed server takes precedence over an error.
 * @param asked - for a report of an earlier version, which does not say it
 */
export function exitCodeFor(
  { counts, requested, settings }: FleetReport,
  asked: { measureOnly: boolean } = { measureOnly: false }
): number {
  if (counts.fail > 0) return exitCodes.failed;
  const { measureOnly } = settings ?? asked;
  const good = measureOnly ? counts.pass + counts.measured : counts.pass;
  const neutral = counts.measured + counts.skip;
  const accounted = good > 0 && counts.pass + neutral === requested;
  return accounted ? exitCodes.passed : exitCodes.unjudged;
}
