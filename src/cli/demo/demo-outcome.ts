import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { inconsistencies, otherLoadPhrases } from './demo-calibration.ts';
import { exitCodes } from '../terminal/exit-code.ts';

const SLOW = 'demo-slow';
const UNREACHABLE = 'demo-unreachable';

/** The result of a demo as text, and its exit code. */
export interface DemoOutcome {
  text: string;
  exitCode: number;
}

/** Exit code 0 if the run found the slow and the unreachable server, 1 if not, 3 if the machine was too busy. */
export function demoOutcome(report: FleetReport): DemoOutcome {
  if (foundExpectedServers(report)) {
    const text = `As expected: ${SLOW} is slow, ${UNREACHABLE} cannot be reached.`;
    return { text, exitCode: exitCodes.passed };
  }
  const healthy = report.servers.filter(({ serverId }) => serverId !== SLOW && serverId !== UNREACHABLE);
  const disturbed = [...inconsistencies(healthy), ...otherLoadPhrases(healthy)];
  if (disturbed.length > 0) return tooBusyOutcome(disturbed);
  return {
    text: `Not as expected: only ${SLOW} should be slow, only ${UNREACHABLE} unreachable.`,
    exitCode: exitCodes.failed,
  };
}

/** @param disturbed - the evidence, one phrase each */
export function tooBusyOutcome(disturbed: readonly string[]): DemoOutcome {
  const text =
    `This machine is doing other work: ${disturbed.join('; ')}.\n` +
    'The demo cannot tell slow from busy here; run it again when the machine is quiet.';
  return { text, exitCode: exitCodes.unjudged };
}

function foundExpectedServers({ failed, errored, counts, requested }: FleetReport): boolean {
  const staged = failed.join() === SLOW && errored.join() === UNREACHABLE;
  return staged && counts.pass === requested - 2;
}
