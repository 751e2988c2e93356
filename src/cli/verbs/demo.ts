import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoFleet, type DemoFleet } from '../../demo/demo-fleet.ts';
import { keepDemoFolder, makeDemoFolder } from '../../demo/demo-folder.ts';
import { createLogger } from '../../logging/logger.ts';
import { isPortFree } from '../../processes/ports.ts';
import { STANDARD_PORT } from '../../temporal/dev-server-command.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { runDemo } from '../demo/demo-run.ts';
import { keepSessionOpen } from '../runs/keep-session-open.ts';
import { openEmbedded } from '../runs/open-temporal.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, unlessInterrupted, type Interrupts } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

interface DemoOptions extends JsonOption {
  keep?: true | undefined;
}

interface Demo {
  /** The folder for keys, configuration, state and logs. */
  directory: string;
  options: DemoOptions;
  terminal: Terminal;
  interrupts: Interrupts;
}

const KEPT_PORTS = { port: STANDARD_PORT, uiPort: 8233 };

/**
 * Runs the benchmark on a demo fleet on this machine: real SSH servers, one of them slowed down, one unreachable.
 * Resolves to 0 if and only if the run reports exactly these two.
 */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  // Signals are handled from start to end, so that no private key and no process is left behind.
  const interrupts = onInterrupt(() => undefined);
  try {
    if (options.keep) await refuseBusyPorts();
    return await runInFolder({ directory: await makeDemoFolder(tmpdir()), options, terminal, interrupts });
  } finally {
    interrupts.stop();
  }
}

async function refuseBusyPorts(): Promise<void> {
  for (const port of Object.values(KEPT_PORTS)) {
    if (await isPortFree(port)) continue;
    throw new Refusal(
      `port ${port} of 127.0.0.1 is in use; the demo with --keep needs ${Object.values(KEPT_PORTS).join(' and ')}: ` +
        'stop the program that uses it (an `up`, `run` or `demo --keep` of fleetmark, or a `temporal server start-dev`)'
    );
  }
}

/** Removes the folder at the end; keeps it if its logs can explain why the demo did not succeed. */
async function runInFolder(demo: Demo): Promise<number> {
  const { directory, terminal, interrupts } = demo;
  let exitCode: number = exitCodes.unjudged;
  try {
    exitCode = await runWithFleet(demo);
    return exitCode;
  } finally {
    const isWanted = exitCode === exitCodes.unjudged || exitCode === exitCodes.failed;
    if (isWanted && interrupts.exitCode() === null) {
      await keepDemoFolder(directory);
      messagePrinter(terminal)(`Logs are kept in ${directory}`);
    } else await rm(directory, { recursive: true, force: true });
  }
}

async function runWithFleet(demo: Demo): Promise<number> {
  const { directory, terminal, interrupts } = demo;
  const log = createLogger({ file: join(directory, 'demo.log') }, 'info');
  try {
    const starting = startDemoFleet({ directory, env: terminal.env, log });
    const fleet = await unlessInterrupted(interrupts, starting);
    if (fleet === null) return interrupts.exitCode()!;
    try {
      return interrupts.exitCode() ?? (await runInSession(fleet, demo));
    } finally {
      await fleet.stop();
    }
  } finally {
    await log.close();
  }
}

async function runInSession(fleet: DemoFleet, { directory, options, terminal, interrupts }: Demo): Promise<number> {
  const { signal } = interrupts;
  const say = messagePrinter(terminal);
  say(`Demo fleet: ${fleet.servers.map(({ serverId }) => serverId).join(', ')}; measured by ${fleet.tool}`);
  const opening = openEmbedded({
    configuration: { file: fleet.configurationFile, inventory: null },
    terminal: { stderr: terminal.stderr, env: { ...terminal.env, FLEETMARK_STATE: join(directory, 'state') } },
    ...(options.keep ? { ports: KEPT_PORTS } : {}),
  });
  const session = await unlessInterrupted(interrupts, opening);
  if (session === null) return interrupts.exitCode()!;
  try {
    const interrupted = interrupts.exitCode();
    if (interrupted !== null) return interrupted;
    const until = options.keep ? 'Ctrl-C' : 'the demo ends';
    const { text, exitCode } = await runDemo({ fleet, session, terminal, signal, until, json: options.json });
    if (text !== '') say(`\n${text}`);
    if (signal.aborted) return exitCode;
    if (options.keep) await stayUp(session, interrupts, say);
    else if (exitCode !== exitCodes.unjudged) say(`Look around in the Web UI: ${ownCommand('demo', '--keep')}`);
    return exitCode;
  } finally {
    await session.close();
  }
}

async function stayUp(session: TemporalSession, interrupts: Interrupts, say: (line: string) => void): Promise<void> {
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
}
