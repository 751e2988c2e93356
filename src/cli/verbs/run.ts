import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { readFleetInput } from '../../inventory/selection/fleet-input.ts';
import { configurationReader } from '../../worker/configuration.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { runningServer } from '../../temporal/dev-server.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { configurationOfRun, configurationOfUnfinished } from '../runs/configuration-of-run.ts';
import { confirm } from '../terminal/confirm.ts';
import { fleetInput, given } from '../options/fleet-options.ts';
import type { FleetOptions } from '../options/fleet-options.ts';
import { Refusal } from '../terminal/refusal.ts';
import { detachRefusal, runFleet } from '../runs/run-fleet.ts';
import type { CliRunOptions } from '../runs/run-fleet.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import { messagePrinter } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface RunOptions extends FleetOptions, CliRunOptions {
  note?: string | undefined;
  evenIfBusy?: true | undefined;
  yes?: true | undefined;
}

/** Starts or resumes a run, waits for its end and prints its report. Resolves to the exit code. */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const input = inputOf(options);
  if (options.resume) refuseNewInput(options);
  const configuration = await configurationOf(options, terminal);
  const isHere = readTemporalSettings() === null;
  if (options.detach && isHere && (await runningServer(stateFolder(terminal.env))) === null) throw detachRefusal();
  // A remote worker uses its own configuration, and refuses unknown servers itself.
  const load = isHere
    ? await describeLoad(configuration, input, messagePrinter(terminal))
    : 'every server of the inventory';
  const selected = options.limit !== undefined || options.sample !== undefined;
  if (!selected && !options.resume && !options.yes) await confirm(`This will load ${load}. Go on?`, terminal);
  return runFleet(configuration, input, options, terminal);
}

/** A resumed run keeps the configuration that it was started with. */
async function configurationOf(options: RunOptions, terminal: Terminal): Promise<ConfigurationSource> {
  const isEnded = async (): Promise<boolean> => (await runningServer(stateFolder(terminal.env))) === null;
  if (options.resume && readTemporalSettings() === null && (await isEnded()))
    return configurationOfUnfinished(['run', '--resume'], options, terminal);
  return configurationOfRun(options, terminal);
}

function inputOf(options: RunOptions): FleetInput {
  const { note, measureOnly, evenIfBusy } = options;
  return { ...fleetInput(options), ...given({ note, measureOnly, evenIfBusy }) };
}

/** `12 servers with cpu, gpu, ...`. Refuses invalid input before anything is started, as the worker would. */
async function describeLoad(
  configuration: ConfigurationSource,
  input: FleetInput,
  say: (line: string) => void
): Promise<string> {
  const { serverIds, skipped, benchmarks, maxParallel } = readFleetInput(
    [input],
    await configurationReader(configuration, say)()
  );
  const count = serverIds.length - Object.keys(skipped).length;
  const servers = count === 1 ? '1 server' : `${count} servers`;
  return `${servers} with ${benchmarks.join(', ')}, at most ${maxParallel} at once`;
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
