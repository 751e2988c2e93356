import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoConfiguration } from '../../demo/demo-configuration.ts';
import { startDemoFleet } from '../../demo/demo-fleet.ts';
import type { DemoFleet, DemoFleetOptions } from '../../demo/demo-fleet.ts';
import { keepDemoFolder, makeDemoFolder } from '../../demo/demo-folder.ts';
import { isPortFree } from '../../processes/free-port.ts';
import { createLogger } from '../../logging/logger.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { inconsistencies, expectationsFrom, otherLoadPhrases } from '../demo/demo-calibration.ts';
import { demoOutcome, tooBusyOutcome } from '../demo/demo-outcome.ts';
import type { DemoOutcome } from '../demo/demo-outcome.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import type { WorkerWait } from '../runs/wait-for-worker.ts';
import { onInterrupt } from '../terminal/interrupts.ts';
import type { Interrupts } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { printReport } from '../runs/print-report.ts';
import { Refusal } from '../terminal/refusal.ts';
import { startRun } from '../runs/start-run.ts';
import { openEmbedded } from '../runs/temporal-session.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { messagePrinter } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { keepSessionOpen } from '../runs/keep-session-open.ts';
import { printRunLink, watchRun } from '../runs/watch-run.ts';
import { rejectWhenTemporalStops } from '../runs/reject-when-temporal-stops.ts';

export interface DemoOptions {
  json?: true | undefined;
  keep?: true | undefined;
}

const defaultPorts = { port: 7233, uiPort: 8233 };

const DEFAULT_PORTS_TEXT = '7233 and 8233';
const MAX_CALIBRATIONS = 3;

/**
 * Runs the benchmark on a demo fleet on this machine: real SSH servers, one of them slowed down, one unreachable.
 * Resolves to 0 if and only if the run reports exactly these two.
 */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  // From start to end: no private key and no process may stay behind.
  const interrupts = onInterrupt(() => undefined);
  try {
    if (options.keep) await refuseBusyPorts();
    return await runInFolder(await makeDemoFolder(tmpdir()), options, terminal, interrupts);
  } finally {
    interrupts.stop();
  }
}

async function refuseBusyPorts(): Promise<void> {
  for (const port of Object.values(defaultPorts)) {
    if (await isPortFree(port)) continue;
    throw new Refusal(
      `the demo with --keep needs the ports ${DEFAULT_PORTS_TEXT} of 127.0.0.1, and ${port} is in use: stop the program that uses it ` +
        '(an `up`, `run` or `demo --keep` of fleetmark, or a `temporal server start-dev`)'
    );
  }
}

async function runInFolder(
  directory: string,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const log = createLogger({ file: join(directory, 'demo.log') }, 'info');
  let exitCode: number = exitCodes.unjudged;
  try {
    exitCode = await runWithFleet({ directory, env: terminal.env, log }, options, terminal, interrupts);
    return exitCode;
  } finally {
    await log.close();
    const isWanted = exitCode === exitCodes.unjudged || exitCode === exitCodes.failed;
    if (isWanted && interrupts.exitCode() === null) {
      await keepDemoFolder(directory);
      messagePrinter(terminal)(`Logs are kept in ${directory}`);
    } else await rm(directory, { recursive: true, force: true });
  }
}

async function runWithFleet(
  { directory, env, log }: DemoFleetOptions,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const say = messagePrinter(terminal);
  const fleet = await startDemoFleet({ directory, env, log });
  try {
    const interrupted = interrupts.exitCode();
    if (interrupted !== null) return interrupted;
    say(`Demo fleet: ${fleet.servers.map(({ serverId }) => serverId).join(', ')}; measured by ${fleet.tool}`);
    const { configurationFile } = fleet;
    const session = await openEmbedded({
      ...{ configuration: { file: configurationFile, inventory: null }, env, stateDir: join(directory, 'state'), say },
      ...(options.keep ? { ports: defaultPorts } : {}),
    });
    try {
      const exitCode = interrupts.exitCode() ?? (await calibrateAndRun(fleet, session, options, terminal, interrupts));
      return options.keep && interrupts.exitCode() === null
        ? await stayUp(session, interrupts, say, exitCode)
        : exitCode;
    } finally {
      await session.close();
    }
  } finally {
    await fleet.stop();
  }
}

async function calibrateAndRun(
  fleet: DemoFleet,
  session: TemporalSession,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const say = messagePrinter(terminal);
  const wait = { say, signal: interrupts.signal };
  const calibration = await calibrate(fleet, session, terminal, wait);
  if (typeof calibration === 'number') return calibration;
  if (calibration !== null) return printOutcome(calibration, say);

  say('Now the whole fleet, with these expectations:');
  const starting = rejectWhenTemporalStops(session, startRun(session, { note: 'demo' }, wait));
  const started = starting.then((handle) => printRunLink(handle, session, say));
  const { report, interrupted } = await watchRun(started, session, terminal);
  printReport(report, options, terminal);
  if (interrupted !== null) return interrupted;

  const exitCode = printOutcome(demoOutcome(report), say);
  if (!options.keep) say(`Look around in the Web UI: ${ownCommand('demo', '--keep')}`);
  return exitCode;
}

/**
 * Measures healthy servers and writes the expectations for the demo. Resolves to null; to an outcome if the machine is
 * too busy; or to the exit code of a signal.
 */
async function calibrate(
  fleet: DemoFleet,
  session: TemporalSession,
  terminal: Terminal,
  wait: WorkerWait
): Promise<DemoOutcome | number | null> {
  wait.say('First: how fast is a healthy server here?');
  const learning = { limit: ['demo-1', 'demo-2'], benchmarks: ['cpu'], measureOnly: true, note: 'calibration' };
  for (let count = 1; ; count += 1) {
    const { report, interrupted } = await watchRun(
      rejectWhenTemporalStops(session, startRun(session, learning, wait)),
      session,
      terminal
    );
    if (interrupted !== null) return interrupted;
    const reasons = inconsistencies(report.servers);
    if (reasons.length === 0) {
      await writeDemoConfiguration(fleet, expectationsFrom(report));
      return null;
    }
    if (count === MAX_CALIBRATIONS) return tooBusyOutcome([...reasons, ...otherLoadPhrases(report.servers)]);
    wait.say(`These results are unreliable: ${reasons.join('; ')}. Measuring again:`);
  }
}

function printOutcome({ text, exitCode }: DemoOutcome, say: (line: string) => unknown): number {
  say(`\n${text}`);
  return exitCode;
}

async function stayUp(
  session: TemporalSession,
  interrupts: Interrupts,
  say: (line: string) => unknown,
  exitCode: number
): Promise<number> {
  const workflow = (type: string, input: string): string => {
    const where = ['--address', session.address, '--type', type, '--task-queue', TASK_QUEUE];
    return ownCommand('temporal', 'workflow', 'start', ...where, '--input', input);
  };
  say(`
Staying up: Temporal at ${session.address}, Web UI at ${session.uiUrl}. Start runs from another terminal:

  ${workflow('benchmarkFleet', '{"maxParallel":1}')}
  ${workflow('benchmarkServer', '{"serverId":"demo-1"}')}

Stop with Ctrl-C.`);
  await keepSessionOpen(session, { interrupts, again: ownCommand('demo', '--keep'), say });
  return exitCode;
}
