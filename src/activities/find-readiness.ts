import { lookForTools } from '../benchmarks/choose-tool.ts';
import type { Tool } from '../benchmarks/tool.ts';
import { CLOCK_COMMAND, parseClock } from '../benchmarks/clock.ts';
import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { ConnectionFacts, Ssh } from '../domain/jobs/job.ts';
import type { Machine } from '../domain/servers/machine.ts';
import type { QuietLimits } from '../domain/measurements/quiet-limits.ts';
import { clockDifference, type ClockDifference, type Readiness } from '../domain/checks/readiness.ts';
import { printable } from '../domain/values/untrusted.ts';
import { findOtherWork } from './find-other-work.ts';
import { withHeartbeat } from './heartbeat.ts';
import { askOf, type Ask, type Server } from './look.ts';

const CLOCK_TIMEOUT_MS = 30_000;

/** The results of the preparation. */
interface Found {
  reached: ConnectionFacts;
  machine: Machine;
  /** The benchmarks to check. */
  chosen: readonly BenchmarkSettings[];
  tools: readonly Tool[];
  quiet: QuietLimits;
}

/** Checks whether a server is ready for a run. Changes nothing on it. */
export async function findReadiness(
  ssh: Ssh,
  server: Server,
  { reached, machine, chosen, tools, quiet }: Found
): Promise<Readiness> {
  const ask = askOf(ssh, server);
  const clock = await compareClocks(ask);
  const otherWork = await findOtherWork(ask, quiet);
  const withTools = chosen.filter(({ command }) => command === null).map(({ benchmark }) => benchmark);
  const wanted = withTools.flatMap((benchmark) => tools.filter((tool) => tool.benchmark === benchmark));
  return {
    user: printable(reached.user, 40),
    hostKey: { fingerprint: printable(reached.hostKey, 60), trusted: reached.trusted },
    kernel: machine.kernel,
    tools: lookForTools(wanted, machine),
    ...(await withHeartbeat({}, () => findFolder(ssh, server))),
    limits: machine.limits ?? null,
    clock,
    otherWork: otherWork === null ? null : printable(otherWork, 200),
  };
}

async function findFolder(ssh: Ssh, server: Server): Promise<Pick<Readiness, 'jobs' | 'obstacle'>> {
  try {
    const request = { ...server, lookOnly: true };
    const { base, freeKib } = await ssh.jobs.probeJobs(request);
    return { jobs: { folder: printable(base, 200), freeKib }, obstacle: null };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'HostUnsuitable') throw error;
    return { jobs: null, obstacle: { type: error.kind, message: printable(error.message, 600) } };
  }
}

async function compareClocks(ask: Ask): Promise<ClockDifference | null> {
  const before = Date.now();
  const answer = await ask('clock', CLOCK_COMMAND, CLOCK_TIMEOUT_MS);
  const after = Date.now();
  const time = parseClock(answer);
  return time === null ? null : clockDifference(time, before, after);
}
