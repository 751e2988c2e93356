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

/** 0 exactly when the run found what was staged; 3 where this machine was too busy for that. */
export function demoOutcome(report: FleetReport): DemoOutcome {
  if (foundExpectedServers(report)) {
    const text = `Found what was staged: ${SLOW} is slow, ${UNREACHABLE} cannot be reached.`;
    return { text, exitCode: exitCodes.passed };
  }
  const healthy = report.servers.filter(({ serverId }) => serverId !== SLOW && serverId !== UNREACHABLE);
  const disturbed = [...inconsistencies(healthy), ...otherLoadPhrases(healthy)];
  if (disturbed.length > 0) return tooBusyOutcome(disturbed);
  return { text: 'This is not what was staged.', exitCode: exitCodes.failed };
}

/** @param disturbed - what shows it, one phrase each */
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
