import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { startFleetmark } from '../end-to-end/command-line.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { unaffected, usualShape, type Fault } from './fault.ts';
import type { Round } from './round.ts';
import { mountStateDisk } from './state-disk.ts';
import { expectStored, whileResultsAreWritten } from './stored-results.ts';

/**
 * The run has its own Temporal and worker, which end with it.
 * @param moment - resolves when to kill it
 */
function commandLineKilled(name: string, moment: (round: Round, results: StoreAddress) => Promise<void>): Fault {
  const play: Fault['play'] = async (round) => {
    const folder = join(round.lane.folder, `cli-${round.name}`);
    mkdirSync(join(folder, 'home'), { recursive: true });
    const settings = { FLEETMARK_CONFIG: join(round.lane.folder, 'fleetmark.yaml') };
    const limits = round.servers.flatMap(({ serverId }) => ['--limit', serverId]);
    const run = startFleetmark(folder, ['run', '--yes', '--json', ...limits], settings);
    await run.waitFor(/^Run (\S+):/m);
    await moment(round, resultsIn(folder));
    run.process.kill('SIGKILL');
    const { stdout } = await run.ended;
    await allProcessesEnd(folder);
    if (stdout !== '') return storedReport(folder, stdout);
    const resumed = await startFleetmark(folder, ['run', '--resume', '--json'], settings).ended;
    await allProcessesEnd(folder);
    if (resumed.stdout !== '') return storedReport(folder, resumed.stdout);
    if (!resumed.stderr.includes('no unfinished run')) throw new Error(`run --resume has no report: ${resumed.stderr}`);
    // It had ended, and the command line was killed before it could print the report.
    const kept = await startFleetmark(folder, ['report', '--json'], settings).ended;
    if (kept.stdout === '') throw new Error(`report has none: ${kept.stderr}`);
    return storedReport(folder, kept.stdout);
  };
  return { name, ...{ seconds: 55, expected: unaffected, workers: 0, shape: usualShape }, play };
}

/** The report that a command line has printed, which its results store has, too. */
async function storedReport(folder: string, stdout: string): Promise<FleetReport> {
  const report = JSON.parse(stdout) as FleetReport;
  await expectStored(resultsIn(folder), report);
  return report;
}

function resultsIn(folder: string): StoreAddress {
  return { kind: 'sqlite', file: join(folder, 'state', 'results.db') };
}

/** It waits for free space, or ends with a message; either way no result is lost. */
const stateDiskFull: Fault = {
  name: 'full state disk',
  ...{ seconds: 60, expected: unaffected, workers: 0, shape: usualShape, needsUnshare: true },
  async play(round) {
    const folder = join(round.lane.folder, `disk-${round.name}`);
    mkdirSync(join(folder, 'home'), { recursive: true });
    const disk = mountStateDisk(join(folder, 'state'));
    try {
      const settings = { FLEETMARK_CONFIG: join(round.lane.folder, 'fleetmark.yaml') };
      const limits = round.servers.flatMap(({ serverId }) => ['--limit', serverId]);
      const run = startFleetmark(folder, ['run', '--yes', '--json', ...limits], settings);
      await run.waitFor(/^Run (\S+):/m);
      await round.randomMoment();
      disk.fill();
      await delay(round.random.between(1000, 8000));
      disk.empty();
      const { stdout, stderr } = await run.ended;
      await allProcessesEnd(folder);
      if (stdout !== '') return await storedReport(folder, stdout);
      if (!/no space is left in/i.test(stderr) || stderr.includes('internal error')) throw new Error(stderr);
      const resumed = await startFleetmark(folder, ['run', '--resume', '--json'], settings).ended;
      await allProcessesEnd(folder);
      if (resumed.stdout === '') throw new Error(`run --resume has no report: ${resumed.stderr}`);
      return await storedReport(folder, resumed.stdout);
    } finally {
      disk.remove();
    }
  },
};

async function allProcessesEnd(folder: string): Promise<void> {
  await eventually(
    () => processesWith(folder),
    (left) => left.length === 0
  );
}

export const commandLineFaults: readonly Fault[] = [
  commandLineKilled('command line SIGKILL, run --resume', (round) => round.randomMoment()),
  commandLineKilled('command line SIGKILL while results are written', (round, results) =>
    whileResultsAreWritten(round, results)
  ),
  stateDiskFull,
];
