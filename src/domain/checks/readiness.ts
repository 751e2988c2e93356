import { isError, type RowError } from '../failures/failure.ts';
import type { ConnectionFacts } from '../jobs/job.ts';
import { isProcessLimits, type ProcessLimits } from '../servers/process-limits.ts';
import { fields, isListOf, isNumber, isShape, isText, orMissing, orNull } from '../values/json-value.ts';
import { tenths } from '../values/numbers.ts';

/** What a check found on a server, besides the machine facts. Untrusted, limited in size. */
export interface Readiness {
  user: string;
  hostKey: HostKeyReadiness;
  /** `6.1.0-18-amd64` */
  kernel: string | null;
  /** All tools of each benchmark, in order of preference. */
  tools: ToolReadiness[];
  /** The folder for jobs; null if there is none. */
  jobs: { folder: string; freeKib: number } | null;
  /** Why no job can run on the server; null if jobs can run. */
  obstacle: RowError | null;
  /** Missing from earlier versions. */
  limits?: ProcessLimits | null;
  clock: ClockDifference | null;
  /** One phrase; null if there is none, or it is unknown. */
  otherWork: string | null;
}

export interface HostKeyReadiness {
  /** `SHA256:...`, as ssh shows it. */
  fingerprint: string;
  trusted: ConnectionFacts['trusted'];
}

export interface ToolReadiness {
  benchmark: string;
  tool: string;
  found: boolean;
  /** The command that installs it; null if it is found. */
  install: string | null;
}

/** A server's clock minus the worker's, and the uncertainty of that difference. */
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

/** With a larger difference, the logs of the two machines are hard to compare. */
const MAX_SECONDS = 2;

/**
 * @param server - whole seconds since 1970 by its own clock, rounded down
 * @param before - the worker's clock before the server was asked, milliseconds
 * @param after - the worker's clock when it had answered, milliseconds
 */
export function clockDifference(server: number, before: number, after: number): ClockDifference {
  const lowest = server - after / 1000;
  const highest = server + 1 - before / 1000;
  return { aheadSeconds: tenths((lowest + highest) / 2), withinSeconds: tenths((highest - lowest) / 2) };
}

/** `its clock is 5 s ahead of the worker's`; null if it may be correct. */
export function clockNote(clock: ClockDifference | null): string | null {
  if (clock === null || Math.abs(clock.aheadSeconds) - clock.withinSeconds <= MAX_SECONDS) return null;
  const seconds = Math.round(Math.abs(clock.aheadSeconds));
  return `its clock is ${seconds} s ${clock.aheadSeconds > 0 ? 'ahead of' : 'behind'} the worker's`;
}
