import type { WorkflowHandle } from '@temporalio/client';
import type { ConfigurationSource } from '../config/configuration-source.ts';
import { findConfiguration } from '../config/find-configuration.ts';
import { readFleetInput } from '../config/fleet-input.ts';
import type { FleetInput } from '../domain/plan.ts';
import { runningServer } from '../local/dev-server.ts';
import { stateDirectory } from '../local/state-directory.ts';
import { nameOfConfiguration } from '../local/used-configuration.ts';
import { configurationReader } from '../configuration.ts';
import { confirm } from './confirm.ts';
import { exitCodeFor, exitCodes } from './exit-code.ts';
import { fleetInput } from './fleet-options.ts';
import type { FleetOptions } from './fleet-options.ts';
import { onInterrupt } from './interrupts.ts';
import type { Interrupts } from './interrupts.ts';
import { temporalOfAnother } from './other-configuration.ts';
import { baselineOffer, printReport } from './print-report.ts';
import type { Terminal } from './program.ts';
import { Refusal } from './refusal.ts';
import { startRun } from './start-run.ts';
import { stayForOthers } from './stay-for-others.ts';
import { openTemporal } from './temporal-session.ts';
import type { TemporalSession } from './temporal-session.ts';
import { configuredTemporal } from './temporal-target.ts';
import { shownIds, unfinishedRuns } from './unfinished-runs.ts';
import { announce, watchRun } from './watch-run.ts';

export interface RunOptions extends FleetOptions {
  note?: string | undefined;
  measureOnly?: true | undefined;
  evenIfBusy?: true | undefined;
  yes?: true | undefined;
  detach?: true | undefined;
  resume?: true | undefined;
}

/** Starts a run, or goes on with one, waits for its end and prints its report. Resolves to the exit code. */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const say = (line: string): unknown => terminal.stderr.write(`${line}\n`);
  const input = inputOf(options);
  if (options.resume) refuseNewInput(options);
  if (options.inventory !== undefined && configuredTemporal() !== null) throw inventoryOfWorkers();
  const configuration = await findConfiguration(options, env, terminal.stdin);
  if (configuredTemporal() === null) await refuseTemporalOfAnother(configuration, stateDirectory(env));
  if (options.detach && configuredTemporal() === null && (await runningServer(stateDirectory(env))) === null)
    throw nothingStays();
  // Elsewhere the worker's own configuration counts, and refuses what it does not know.
  const load =
    configuredTemporal() === null ? await describeLoad(configuration, input, say) : 'every server of the inventory';
  const selected = options.limit !== undefined || options.sample !== undefined;
  if (!selected && !options.resume && !options.yes) await confirm(`This will load ${load}. Go on?`, terminal);

  // From here on, so that a Temporal which is just starting is taken down in order.
  const interrupts = onInterrupt(() => undefined);
  try {
    const session = await openTemporal({ configuration, env, stateDir: stateDirectory(env), say });
    return await runOn(session, { options, input, interrupts }, terminal);
  } finally {
    interrupts.stop();
  }
}

/** Starts a run on a session, or goes on with one, waits for its end, prints its report, and closes the session. */
export async function runOn(
  session: TemporalSession,
  { options, input, interrupts }: { options: RunOptions; input: FleetInput; interrupts: Interrupts },
  terminal: Terminal
): Promise<number> {
  const say = (line: string): unknown => terminal.stderr.write(`${line}\n`);
  try {
    const signal = interrupts.exitCode();
    if (signal !== null) return signal;
    if (options.detach && session.own) throw nothingStays();
    const started = options.resume ? resume(session) : start(session, input);
    if (options.detach) return tellDetached(await started, session, terminal);
    const announced = started.then((handle) => announce(handle, session, say));
    const { report, interrupted } = await watchRun(announced, session, terminal);
    printReport(report, options, terminal);
    const offer = options.json ? null : baselineOffer(report, options);
    if (offer !== null) terminal.stdout.write(offer);
    const exitCode = interrupted ?? (await stayForOthers(session, say));
    return exitCode ?? exitCodeFor(report, { measureOnly: options.measureOnly ?? false });
  } finally {
    await session.close();
  }
}

function inputOf(options: RunOptions): FleetInput {
  const { note, measureOnly, evenIfBusy } = options;
  const given = Object.entries({ note, measureOnly, evenIfBusy });
  return { ...fleetInput(options), ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
}

/** Refuses, before anything is started, what the worker would refuse. */
async function describeLoad(
  configuration: ConfigurationSource,
  input: FleetInput,
  say: (line: string) => unknown
): Promise<string> {
  const { serverIds, skipped, benchmarks, maxParallel } = readFleetInput(
    [input],
    await configurationReader(configuration, say)()
  );
  const count = serverIds.length - Object.keys(skipped).length;
  const servers = count === 1 ? '1 server' : `${count} servers`;
  return `${servers} with ${benchmarks.join(', ')}, at most ${maxParallel} at once`;
}

/** A run that goes on keeps the input that it was started with. */
function refuseNewInput({ limit, sample, seed, benchmarks, maxParallel, note, evenIfBusy, detach }: RunOptions): void {
  const given = Object.entries({
    ...{ '--limit': limit, '--sample': sample, '--seed': seed },
    ...{ '--benchmarks': benchmarks, '--max-parallel': maxParallel },
    ...{ '--note': note, '--even-if-busy': evenIfBusy, '--detach': detach },
  });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (names.length === 0) return;
  throw new Refusal(`--resume goes on with a run as it was started: leave out ${names.join(', ')}`);
}

function nothingStays(): Refusal {
  return new Refusal(
    '--detach needs a Temporal that stays: start `fleetmark up` in another terminal, or set TEMPORAL_ADDRESS'
  );
}

export function inventoryOfWorkers(): Refusal {
  return new Refusal(
    'with TEMPORAL_ADDRESS or a Temporal profile the inventory of the workers counts: ' +
      'leave out --inventory here, and start them with it (fleetmark worker --inventory hosts.ini)'
  );
}

/** Before anybody is asked about servers that would not be the ones. */
export async function refuseTemporalOfAnother(configuration: ConfigurationSource, stateDir: string): Promise<void> {
  const running = await runningServer(stateDir);
  const ours = await nameOfConfiguration(configuration);
  if (running === null || running.address === null || running.configuration === ours) return;
  throw temporalOfAnother(running.address, running.configuration, ours);
}

async function start(session: TemporalSession, input: FleetInput): Promise<WorkflowHandle> {
  const unfinished = session.own ? await unfinishedRuns(session.client) : [];
  session.claimUnfinished(unfinished);
  if (unfinished.length > 0) {
    throw new Refusal(
      `an earlier run is not finished: ${shownIds(...unfinished)}\n` +
        'Go on with it: fleetmark run --resume\nOr give it up: fleetmark cancel'
    );
  }
  return startRun(session, input);
}

async function resume(session: TemporalSession): Promise<WorkflowHandle> {
  const runs = await unfinishedRuns(session.client);
  session.claimUnfinished(runs);
  const [runId, ...more] = runs;
  if (runId === undefined) throw new Refusal('there is no unfinished run to go on with');
  if (more.length > 0)
    throw new Refusal(
      `several runs are not finished: ${shownIds(runId, ...more)}\nGive up all but one: fleetmark cancel <run>`
    );
  await session.startWorker();
  return session.client.workflow.getHandle(runId);
}

function tellDetached(handle: WorkflowHandle, session: TemporalSession, { stdout, stderr }: Terminal): number {
  const { workflowId } = handle;
  stderr.write(`Result: temporal workflow result --address ${session.address} --workflow-id ${workflowId}\n`);
  stderr.write(`Cancel: fleetmark cancel ${workflowId}\n`);
  stdout.write(`${workflowId}\n`);
  return exitCodes.passed;
}
