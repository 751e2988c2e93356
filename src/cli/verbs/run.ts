import { runningServer } from '../../temporal/server-lock.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { configurationOfRun, configurationOfUnfinished } from '../runs/configuration-of-run.ts';
import { confirm, isAsked } from '../terminal/confirm.ts';
import { given } from '../options/fleet-options.ts';
import { runInput, type RunInputOptions } from '../options/run-input.ts';
import { Refusal } from '../terminal/refusal.ts';
import { describeLoad } from '../runs/describe-load.ts';
import { detachRefusal } from '../runs/detach-refusal.ts';
import { refuseUnwritableExports } from '../runs/exports.ts';
import type { CliRunOptions } from '../runs/run-fleet.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

export interface RunOptions extends RunInputOptions, CliRunOptions {
  yes?: true | undefined;
}

/** Starts or resumes a run, waits for its end and prints its report. Resolves to the exit code. */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const input = runInput(options);
  if (options.resume) refuseNewInput(options);
  await refuseUnwritableExports(options, terminal);
  const settings = await findTemporalSettings(terminal);
  const isHere = settings === null;
  const isRunning = !isHere || (await runningServer(stateFolder(terminal.env))) !== null;
  if (options.detach && !isRunning) throw detachRefusal();
  // A resumed run keeps the configuration that it was started with.
  const configuration =
    options.resume && !isRunning
      ? await configurationOfUnfinished(['run', '--resume'], options, terminal)
      : await configurationOfRun(options, terminal);
  const isChosen = options.limit !== undefined || options.sample !== undefined || options.resume || options.yes;
  // A remote worker uses its own configuration, and refuses unknown servers itself.
  const local = isHere ? await describeLoad(configuration, input, messagePrinter(terminal)) : null;
  if (!isChosen && isAsked(terminal)) {
    const load =
      local ?? (await (await import('../runs/load-on-worker.ts')).loadOnWorker(settings!, options, terminal));
    await confirm(`This will load ${load}. Continue?`, terminal);
  }
  const { runFleet } = await import('../runs/run-fleet.ts'); // loads the SDK, which invalid input does not need
  return runFleet(configuration, input, options, terminal);
}

/** A resumed run keeps the input that it was started with. */
function refuseNewInput({ limit, sample, seed, benchmarks, maxParallel, note, evenIfBusy, detach }: RunOptions): void {
  const names = Object.keys(
    given({
      ...{ '--limit': limit, '--sample': sample, '--seed': seed },
      ...{ '--benchmarks': benchmarks, '--max-parallel': maxParallel },
      ...{ '--note': note, '--even-if-busy': evenIfBusy, '--detach': detach },
    })
  );
  if (names.length === 0) return;
  throw new Refusal(`--resume keeps the options of the original run: remove ${names.join(', ')}`);
}
