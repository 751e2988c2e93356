import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { isPortFree } from '../../processes/ports.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { STANDARD_PORT } from '../../temporal/dev-server-command.ts';
import { findTemporalCli } from '../../temporal/find-temporal-cli.ts';
import { cacheFolder, stateFolder } from '../../temporal/state-folder.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

/** Runs the Temporal CLI that fleetmark uses with these arguments, connected to the Temporal that fleetmark uses. */
export async function temporal(args: readonly string[], terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const say = messagePrinter(terminal);
  const settings = await findTemporalSettings(terminal);
  const address = settings === null ? ((await runningServer(stateFolder(env)))?.address ?? null) : null;
  const cli = await findTemporalCli({ env, cacheDir: cacheFolder(env), say });
  const child = spawn(cli, args, {
    stdio: 'inherit',
    env: address === null ? env : { ...env, TEMPORAL_ADDRESS: address },
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  // The terminal sends Ctrl-C to the child as well; wait for its exit code.
  const ignoreSignal = (): void => undefined;
  process.on('SIGTERM', forward).on('SIGINT', ignoreSignal);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  process.off('SIGTERM', forward).off('SIGINT', ignoreSignal);
  const exitCode = code ?? 128 + constants.signals[signal!];
  const isOurs = settings === null && address === null && !args.includes('--address');
  if (exitCode === 1 && isOurs && (await isPortFree(STANDARD_PORT)))
    say(`No Temporal of fleetmark is running here: start one with ${ownCommand('up')}`);
  return exitCode;
}
