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
import { contradictions, expectationsFrom, otherWork } from '../demo/demo-calibration.ts';
import { demoOutcome, tooBusy } from '../demo/demo-outcome.ts';
import type { DemoOutcome } from '../demo/demo-outcome.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import type { WorkerWait } from '../runs/find-worker.ts';
import { onInterrupt } from '../terminal/interrupts.ts';
import type { Interrupts } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { printReport } from '../runs/print-report.ts';
import { Refusal } from '../terminal/refusal.ts';
import { startRun } from '../runs/start-run.ts';
import { openEmbedded } from '../runs/temporal-session.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { sayOn } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { untilInterrupted } from '../runs/until-interrupted.ts';
import { announce, watchRun } from '../runs/watch-run.ts';
import { whileTemporalLives } from '../runs/while-temporal-lives.ts';

export interface DemoOptions {
  json?: true | undefined;
  keep?: true | undefined;
}

const usualPorts = { port: 7233, uiPort: 8233 };

const usual = '7233 and 8233';
const mostCalibrations = 3;

/**
 * The main job on a fleet of this machine's own: real SSH servers, one of them slowed down, one unreachable. Resolves
 * to 0 exactly when the run found what was staged.
 */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  // For all of its time: a private key and processes must not stay when it ends.
  const interrupts = onInterrupt(() => undefined);
  try {
    if (options.keep) await needUsualPorts();
    return await demoIn(await makeDemoFolder(tmpdir()), options, terminal, interrupts);
  } finally {
    interrupts.stop();
  }
}

async function needUsualPorts(): Promise<void> {
  for (const port of Object.values(usualPorts)) {
    if (await isPortFree(port)) continue;
    throw new Refusal(
      `the demo with --keep needs the ports ${usual} of 127.0.0.1, and ${port} is in use: stop what has it ` +
        '(an `up`, `run` or `demo --keep` of fleetmark, or a `temporal server start-dev`)'
    );
  }
}

async function demoIn(
  directory: string,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const log = createLogger({ file: join(directory, 'demo.log') }, 'info');
  let exitCode: number = exitCodes.unjudged;
  try {
    exitCode = await withFleet({ directory, env: terminal.env, log }, options, terminal, interrupts);
    return exitCode;
  } finally {
    await log.close();
    const isWanted = exitCode === exitCodes.unjudged || exitCode === exitCodes.failed;
    if (isWanted && interrupts.exitCode() === null) {
      await keepDemoFolder(directory);
      sayOn(terminal)(`Logs are kept in ${directory}`);
    } else await rm(directory, { recursive: true, force: true });
  }
}

async function withFleet(
  { directory, env, log }: DemoFleetOptions,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const say = sayOn(terminal);
  const fleet = await startDemoFleet({ directory, env, log });
  try {
    const interrupted = interrupts.exitCode();
    if (interrupted !== null) return interrupted;
    say(`Demo fleet: ${fleet.servers.map(({ serverId }) => serverId).join(', ')}; measured by ${fleet.tool}`);
    const { configurationFile } = fleet;
    const session = await openEmbedded({
      ...{ configuration: { file: configurationFile, inventory: null }, env, stateDir: join(directory, 'state'), say },
      ...(options.keep ? { ports: usualPorts } : {}),
    });
    try {
      const exitCode = interrupts.exitCode() ?? (await stage(fleet, session, options, terminal, interrupts));
      return options.keep && interrupts.exitCode() === null ? await keep(session, interrupts, say, exitCode) : exitCode;
    } finally {
      await session.close();
    }
  } finally {
    await fleet.stop();
  }
}

async function stage(
  fleet: DemoFleet,
  session: TemporalSession,
  options: DemoOptions,
  terminal: Terminal,
  interrupts: Interrupts
): Promise<number> {
  const say = sayOn(terminal);
  const wait = { say, signal: interrupts.signal };
  const learnt = await calibrate(fleet, session, terminal, wait);
  if (typeof learnt === 'number') return learnt;
  if (learnt !== null) return tell(learnt, say);

  say('Now the whole fleet, held to that:');
  const starting = whileTemporalLives(session, startRun(session, { note: 'demo' }, wait));
  const started = starting.then((handle) => announce(handle, session, say));
  const { report, interrupted } = await watchRun(started, session, terminal);
  printReport(report, options, terminal);
  if (interrupted !== null) return interrupted;

  const exitCode = tell(demoOutcome(report), say);
  if (!options.keep) say(`Look around in the Web UI: ${ownCommand('demo', '--keep')}`);
  return exitCode;
}

/** Learns what to hold the fleet to. Resolves to null, to why nothing could be learnt, or to the exit code of a signal. */
async function calibrate(
  fleet: DemoFleet,
  session: TemporalSession,
  terminal: Terminal,
  wait: WorkerWait
): Promise<DemoOutcome | number | null> {
  wait.say('First: what does a healthy server reach here?');
  const learning = { limit: ['demo-1', 'demo-2'], benchmarks: ['cpu'], measureOnly: true, note: 'calibration' };
  for (let count = 1; ; count += 1) {
    const { report, interrupted } = await watchRun(
      whileTemporalLives(session, startRun(session, learning, wait)),
      session,
      terminal
    );
    if (interrupted !== null) return interrupted;
    const disturbed = contradictions(report.servers);
    if (disturbed.length === 0) {
      await writeDemoConfiguration(fleet, expectationsFrom(report));
      return null;
    }
    if (count === mostCalibrations) return tooBusy([...disturbed, ...otherWork(report.servers)]);
    wait.say(`Nothing can be learnt from that: ${disturbed.join('; ')}. Once more:`);
  }
}

function tell({ text, exitCode }: DemoOutcome, say: (line: string) => unknown): number {
  say(`\n${text}`);
  return exitCode;
}

async function keep(
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
  await untilInterrupted(session, { interrupts, again: ownCommand('demo', '--keep'), say });
  return exitCode;
}
