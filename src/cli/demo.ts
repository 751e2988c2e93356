import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Expectations } from '../domain/expectation.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { median } from '../domain/statistics.ts';
import { demoTolerance, writeDemoConfiguration } from '../local/demo-configuration.ts';
import { startDemoFleet } from '../local/demo-fleet.ts';
import type { DemoFleet } from '../local/demo-fleet.ts';
import { createLogger } from '../logging/logger.ts';
import { exitCodes } from './exit-code.ts';
import { printReport } from './print-report.ts';
import type { Terminal } from './program.ts';
import { startRun } from './start-run.ts';
import { openEmbedded } from './temporal-session.ts';
import type { TemporalSession } from './temporal-session.ts';
import { untilInterrupted } from './up.ts';
import { announce, watchRun } from './watch-run.ts';

export interface DemoOptions {
  json?: true | undefined;
  keep?: true | undefined;
}

const usualPorts = { port: 7233, uiPort: 8233 };

/**
 * The main job on a fleet of this machine's own: real SSH servers, one of them slowed down, one unreachable. Resolves
 * to 0 exactly when the run found what was staged.
 */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  const say = (line: string): unknown => terminal.stderr.write(`${line}\n`);
  const directory = await mkdtemp(join(tmpdir(), 'fleetmark-demo-'));
  const log = createLogger({ file: join(directory, 'demo.log') }, 'info');
  const fleet = await startDemoFleet({ directory, env: terminal.env, log });
  say(`Demo fleet: ${fleet.servers.map(({ serverId }) => serverId).join(', ')}; measured by ${fleet.tool}`);
  let exitCode: number = exitCodes.unjudged;
  try {
    const { configurationFile } = fleet;
    const session = await openEmbedded({
      ...{ configurationFile, env: terminal.env, stateDir: join(directory, 'state'), say },
      ...(options.keep ? { ports: usualPorts } : {}),
    });
    try {
      exitCode = await stage(fleet, session, options, terminal);
      if (options.keep && exitCode !== exitCodes.interrupted) exitCode = await keep(session, say, exitCode);
    } finally {
      await session.close();
    }
  } finally {
    await fleet.stop();
    await log.close();
  }
  if (exitCode === exitCodes.unjudged || exitCode === exitCodes.failed) say(`Logs are kept in ${directory}`);
  else await rm(directory, { recursive: true, force: true });
  return exitCode;
}

async function stage(
  fleet: DemoFleet,
  session: TemporalSession,
  options: DemoOptions,
  terminal: Terminal
): Promise<number> {
  const say = (line: string): unknown => terminal.stderr.write(`${line}\n`);
  say('First: what does a healthy server reach here?');
  const learning = { limit: ['demo-1', 'demo-2'], benchmarks: ['cpu'], measureOnly: true, note: 'calibration' };
  const calibrated = await watchRun(startRun(session, learning), session, terminal);
  if (calibrated.interrupted !== null) return calibrated.interrupted;
  await writeDemoConfiguration(fleet, expectationsFrom(calibrated.report));

  say('Now the whole fleet, held to that:');
  const started = startRun(session, { note: 'demo' }).then((handle) => announce(handle, session, say));
  const { report, interrupted } = await watchRun(started, session, terminal);
  printReport(report, options, terminal);
  if (interrupted !== null) return interrupted;

  const found = foundWhatWasStaged(report);
  say(
    found
      ? '\nFound what was staged: demo-slow is slow, demo-unreachable cannot be reached.'
      : '\nThis is not what was staged.'
  );
  if (!options.keep) say('Look around in the Web UI: run it again with --keep.');
  return found ? exitCodes.passed : exitCodes.failed;
}

/** The median of the healthy servers, for each metric that they showed. */
function expectationsFrom(report: FleetReport): Expectations {
  const measurements = report.servers.flatMap((row) => row.benchmarks).flatMap((row) => row.measurements);
  const metrics = [...new Set(measurements.map(({ metric }) => metric))];
  return Object.fromEntries(
    metrics.map((metric) => {
      const values = measurements.filter((each) => each.metric === metric).map(({ value }) => value);
      return [metric, { reference: Math.round(median(values)), tolerance: demoTolerance }];
    })
  );
}

function foundWhatWasStaged({ failed, errored, counts, requested }: FleetReport): boolean {
  const staged = failed.join() === 'demo-slow' && errored.join() === 'demo-unreachable';
  return staged && counts.pass === requested - 2;
}

async function keep(session: TemporalSession, say: (line: string) => unknown, exitCode: number): Promise<number> {
  const address = session.address === '127.0.0.1:7233' ? '' : ` --address ${session.address}`;
  say(`
Staying up: Temporal at ${session.address}, Web UI at ${session.uiUrl}. Start runs from another terminal:

  temporal workflow start${address} --type benchmarkFleet --task-queue fleetmark --input '{"maxParallel":1}'
  temporal workflow start${address} --type benchmarkServer --task-queue fleetmark --input '{"serverId":"demo-1"}'

Stop with Ctrl-C.`);
  await untilInterrupted(session, say);
  return exitCode;
}
