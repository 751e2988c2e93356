import { machineCommand, parseMachine, parseMachineIds } from '../benchmarks/machine.ts';
import type { Tool } from '../benchmarks/tool.ts';
import { readServerInput } from '../inventory/selection/fleet-input.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import { Failure, type RowError } from '../domain/failures/failure.ts';
import { classOf } from '../domain/servers/hardware-class.ts';
import type { ConnectionFacts, Ssh } from '../domain/jobs/job.ts';
import { devicesHidden, machineFacts } from '../domain/servers/machine.ts';
import { BESIDE_OTHER_WORK } from '../domain/measurements/quiet-limits.ts';
import { isStep, type BenchmarkPlan, type CheckedServer, type ServerPlan } from '../domain/plans/plan.ts';
import { connectLimitMs, LOOK_LIMIT_MS, lookLimitMs } from '../domain/plans/time-limits.ts';
import { unresponsive, withTimeLimit } from './answer-limit.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { findOtherWork } from './find-other-work.ts';
import type { LookAhead, SeenServer } from './look-ahead.ts';
import { findReadiness } from './find-readiness.ts';
import { takeGuard, dropGuard, findGuardHolder } from './machine-guard.ts';
import { machineGuard, machineIdentity } from './machine-identity.ts';
import { gpuNotes, planBenchmark } from './plan-benchmark.ts';
import { withHeartbeat } from './heartbeat.ts';
import { askOf, connect, type Ask } from './look.ts';

/** A server that was seen without other work longer ago is looked at again. */
const MAX_QUIET_AGE_MS = 12_000;

/**
 * Connects, reads the machine facts, and chooses tools and expectations. A busy server is refused unless `evenIfBusy` is
 * set. A check starts no job.
 * @throws Failure for every reason why the server cannot be reached or judged; ServerBusy
 */
export function prepareServer(
  { configuration, ssh, tools }: ActivityDependencies,
  ahead: LookAhead
): (args: unknown[], run?: string) => Promise<ServerPlan | CheckedServer> {
  return async (args, run) => {
    const settings = await configuration();
    const wanted = readServerInput(args, settings);
    const { serverId } = wanted;
    const seen = await ahead.take(serverId, settings);
    const connectMs = connectLimitMs(settings.ssh);
    const unreachable = new Failure('ServerUnreachable', `cannot connect within ${connectMs / 1000} s`);
    const reached =
      seen?.reached ?? (await withTimeLimit(connectMs, unreachable, (signal) => connect(ssh, { serverId, signal })));
    const ms = lookLimitMs(settings.ssh);
    return withTimeLimit(ms, unresponsive('what it is', ms), (signal) =>
      planServer(ssh, settings, { wanted, run, reached, seen, tools, signal })
    );
  };
}

interface ReachedServer {
  wanted: ReturnType<typeof readServerInput>;
  /** The workflow id of the run, if a run has started this server. */
  run: string | undefined;
  reached: ConnectionFacts;
  /** Null: it was not looked at ahead. */
  seen: SeenServer | null;
  tools: readonly Tool[];
  signal: AbortSignal;
}

/** Plans a server after the login. */
async function planServer(
  ssh: Ssh,
  settings: Configuration,
  { wanted, run, reached, seen, tools, signal }: ReachedServer
): Promise<ServerPlan | CheckedServer> {
  const { serverId, benchmarks, measureOnly, evenIfBusy, checkOnly } = wanted;
  const { target } = reached;
  const server = { serverId, target, signal };
  const executables = tools.flatMap((tool) => tool.executables);
  const ask = askOf(ssh, server);
  const output = seen?.facts ?? (await ask('look', machineCommand(executables), LOOK_LIMIT_MS));
  const gpuChoice = settings.benchmarks.find(({ devices }) => devices !== null)?.devices ?? null;
  const machine = parseMachine(output, executables, gpuChoice);
  const ids = parseMachineIds(output);
  const identity = machineIdentity(reached.hostKey, ids);
  const guard = machineGuard(reached.hostKey, ids);

  const { nearMiss, ...found } = classOf(settings.servers.get(serverId)!, settings.classes, machineFacts(machine));
  const expected = measureOnly || nearMiss ? {} : (settings.expect[found.hardwareClass] ?? {});
  const chosen = settings.benchmarks.filter(({ benchmark }) => benchmarks.includes(benchmark));
  const plans = chosen.map((each) => planBenchmark(each, expected, { machine, tools, ssh: settings.ssh }));
  const isMissing = settings.requireExpectations && !measureOnly && !plans.some(isJudged);
  const missing = nearMiss ?? (isMissing ? expectationMissing(settings, found.hardwareClass, plans) : null);
  const unjudged = missing === null ? {} : { expectationMissing: missing };
  const facts = { serverId, target, identity, ...found, machine, benchmarks: plans, ...unjudged };

  const ofGpus = gpuNotes(chosen, { machine, tools });
  const startsSomething = plans.some(({ step }) => isStep(step));
  if (checkOnly) {
    const readiness = await findReadiness(ssh, server, { reached, machine, chosen, tools, quiet: settings.quiet });
    const { jobs } = readiness;
    const host = jobs && { base: jobs.folder, freeKib: jobs.freeKib, bootId: '', guard };
    const held = startsSomething && host ? await findGuardHolder(ssh, { ...server, host, run }) : null;
    const busy = startsSomething && !evenIfBusy ? readiness.otherWork : null;
    return { ...facts, notes: ofGpus, readiness, busy: held ?? busy };
  }
  const host = seen?.host ?? (await withHeartbeat({}, () => ssh.jobs.probeJobs(server)));
  const machineNotes = [...devicesHidden(machine), ...ofGpus];
  if (!startsSomething) return { ...facts, host, notes: machineNotes };
  const serverWithGuard = { ...server, host: { ...host, guard }, run };
  await withHeartbeat({}, () => takeGuard(ssh, serverWithGuard));
  try {
    const isQuiet = seen !== null && seen.quietAt !== null && performance.now() - seen.quietAt < MAX_QUIET_AGE_MS;
    const notes = isQuiet ? [] : await otherWorkNotes(ask, settings.quiet, evenIfBusy);
    return { ...facts, host: serverWithGuard.host, notes: [...notes, ...machineNotes] };
  } catch (error) {
    await dropGuard(ssh, serverWithGuard);
    throw error;
  }
}

/** @throws Failure ServerBusy if the server is busy, unless `evenIfBusy` is set */
async function otherWorkNotes(ask: Ask, limits: Configuration['quiet'], evenIfBusy: boolean): Promise<string[]> {
  const busy = await findOtherWork(ask, limits);
  if (busy === null) return [];
  if (!evenIfBusy) throw new Failure('ServerBusy', `this server is busy with other work: ${busy}`);
  return [`${BESIDE_OTHER_WORK}: ${busy}`];
}

function isJudged({ expected }: BenchmarkPlan): boolean {
  return Object.keys(expected).length > 0;
}

function expectationMissing({ file }: Configuration, hardwareClass: string, plans: readonly BenchmarkPlan[]): RowError {
  const names = plans.map(({ benchmark }) => benchmark).join(', ');
  const message = `${file} requires expectations, but has none for ${names} in the class ${hardwareClass}`;
  return { type: 'ExpectationMissing', message };
}
