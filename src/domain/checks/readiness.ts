import { isError } from '../failures/failure.ts';
import type { RowError } from '../failures/failure.ts';
import type { ConnectionFacts } from '../jobs/job.ts';
import { isProcessLimits } from '../servers/process-limits.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';
import { fields, isListOf, isNumber, isShape, isText, orMissing, orNull } from '../values/json-value.ts';
import { tenths } from '../values/numbers.ts';

/** What a check found on a server that it reached, besides what the machine is. Bounded; untrusted: the server said so. */
export interface Readiness {
  /** Whose account it is on the server. */
  user: string;
  hostKey: HostKeyReadiness;
  /** `6.1.0-18-amd64` */
  kernel: string | null;
  /** Of each benchmark all tools that could measure it, in order of preference. */
  tools: ToolReadiness[];
  /** Where jobs would live, and what is free there; null: they cannot. */
  jobs: { folder: string; freeKib: number } | null;
  /** Why no job can live there, else null. */
  obstacle: RowError | null;
  /** What its rules allow the processes of a benchmark. Left out by earlier versions. */
  limits?: ProcessLimits | null;
  /** Null: it did not tell the time. */
  clock: ClockDifference | null;
  /** What others do there, as one phrase; null: nothing, or nobody looked. */
  otherWork: string | null;
}

export interface HostKeyReadiness {
  /** `SHA256:...`, as ssh shows it. */
  fingerprint: string;
  /** Why it is trusted: an entry of known_hosts, pinned in the inventory, or accepted when it was first seen. */
  trusted: ConnectionFacts['trusted'];
}

export interface ToolReadiness {
  benchmark: string;
  tool: string;
  found: boolean;
  /** The command that would install it there; null where it is found. */
  install: string | null;
}

/** How far a server's clock is ahead of the worker's (negative: behind), and how sure that is. Seconds. */
export interface ClockDifference {
  aheadSeconds: number;
  withinSeconds: number;
}

const isTool = isShape<ToolReadiness>({
  ...fields(isText, 'benchmark', 'tool'),
  found: (value) => typeof value === 'boolean',
  install: orNull(isText),
});

export const isReadiness = isShape<Readiness>({
  user: isText,
  hostKey: isShape<HostKeyReadiness>(fields(isText, 'fingerprint', 'trusted')),
  ...fields(orNull(isText), 'kernel', 'otherWork'),
  tools: isListOf(isTool),
  jobs: orNull(isShape<{ folder: string; freeKib: number }>({ folder: isText, freeKib: isNumber })),
  obstacle: orNull(isError),
  limits: orMissing(orNull(isProcessLimits)),
  clock: orNull(isShape<ClockDifference>(fields(isNumber, 'aheadSeconds', 'withinSeconds'))),
});

/** More than this is told: logs of the two no longer tell one story. Seconds. */
const TOLD_SECONDS = 2;

/**
 * @param server - whole seconds since 1970 by its own clock, rounded down
 * @param before - the worker's clock before the server was asked, milliseconds
 * @param after - and when it had answered
 */
export function clockDifference(server: number, before: number, after: number): ClockDifference {
  const lowest = server - after / 1000;
  const highest = server + 1 - before / 1000;
  return { aheadSeconds: tenths((lowest + highest) / 2), withinSeconds: tenths((highest - lowest) / 2) };
}

/** `its clock is 5 s ahead of the worker's`; null where it is right as far as anybody can tell. */
export function whyClockIsTold(clock: ClockDifference | null): string | null {
  if (clock === null || Math.abs(clock.aheadSeconds) - clock.withinSeconds <= TOLD_SECONDS) return null;
  const seconds = Math.round(Math.abs(clock.aheadSeconds));
  return `its clock is ${seconds} s ${clock.aheadSeconds > 0 ? 'ahead of' : 'behind'} the worker's`;
}
