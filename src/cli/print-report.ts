import type { FleetReport } from '../domain/fleet-report.ts';
import { expectBlock } from '../reports/expect-block.ts';
import { jsonReport } from '../reports/json.ts';
import { textReport } from '../reports/text.ts';
import type { Terminal } from './program.ts';
import { styleFor } from './style.ts';

/** The result of a verb, on stdout: as JSON and nothing else, or for people. */
export function printReport(report: FleetReport, { json }: { json?: true | undefined }, { stdout }: Terminal): void {
  stdout.write(json ? jsonReport(report) : textReport(report, styleFor(stdout)) + offer(report));
}

/** Who measured without expecting anything can start from what was measured. */
function offer(report: FleetReport): string {
  const block = expectBlock(report);
  return block === null ? '' : `\nTo hold servers to what these just showed, add to fleetmark.yaml:\n\n${block}`;
}
