import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { findConfiguration, readGivenInventory } from '../../config/find-configuration.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import {
  configurationName,
  readSavedConfiguration,
  type SavedConfiguration,
} from '../../temporal/saved-configuration.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { commandWith, type ConfigurationOptions } from '../options/configuration-options.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, problemPrinter, type Terminal } from '../terminal/terminal.ts';

const OTHER_STATE = 'set FLEETMARK_STATE to another folder for a second Temporal';

/**
 * The configuration of a new run.
 * @throws Refusal if the worker would use a different one, before the user is asked to confirm; Failure InvalidConfig
 */
export async function configurationOfRun(
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ConfigurationSource> {
  if ((await findTemporalSettings({ env })) !== null) {
    refuseInventoryOption(options);
    return findConfiguration(options, env, stdin);
  }
  const configuration = await findConfiguration(options, env, stdin);
  const running = await runningServer(stateFolder(env));
  const ours = await configurationName(configuration);
  if (running === null || running.address === null || running.configuration === ours) return configuration;
  throw temporalInUseRefusal(running.address, running.configuration, ours);
}

/**
 * Says which configuration repeats a run on this machine. A run does not remember its own: only that of the last one in the
 * state folder is known.
 * @param verb - the command that repeats it: `retry last`
 */
export async function nameConfiguration(
  configuration: ConfigurationSource,
  verb: string[],
  terminal: Terminal
): Promise<void> {
  const name = await configurationName(configuration);
  messagePrinter(terminal)(`Measures and judges by ${printable(name, 500)}.`);
  const saved = await readSavedConfiguration(stateFolder(terminal.env));
  if (saved === null || saved.name === name) return;
  const options = { config: saved.file ?? undefined, inventory: saved.inventory ?? undefined };
  const again = commandWith(options, verb);
  problemPrinter(terminal)(`The last run or check used ${printable(saved.name, 500)}. To use that: ${again}`);
}

/** A remote worker cannot see the file that `--inventory` names on this machine. */
export function refuseInventoryOption({ inventory }: ConfigurationOptions): void {
  if (inventory === undefined) return;
  throw new Refusal(
    'with TEMPORAL_ADDRESS or a Temporal profile, the workers use their own inventory: ' +
      `remove --inventory here, and start the workers with it (${ownCommand('worker', '--inventory', 'hosts.ini')})`
  );
}

/** The running Temporal has a worker with another configuration, which has other servers. */
export function temporalInUseRefusal(address: string, theirs: string, ours: string): Refusal {
  return new Refusal(
    `the Temporal at ${address} uses the configuration ${theirs}, not ${ours}: wait for it or stop it, or ${OTHER_STATE}`
  );
}

/**
 * The configuration of the unfinished runs. After a crash, only a worker that knows their servers can resume or cancel
 * them. Options on the command line take precedence.
 * @param verb - the command that needs it: `run --resume`
 * @throws Failure InvalidConfig, Refusal
 */
export async function configurationOfUnfinished(
  verb: string[],
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ConfigurationSource> {
  const stateDir = stateFolder(env);
  const saved = await readSavedConfiguration(stateDir);
  const isNamed = options.config !== undefined || options.inventory !== undefined;
  if (isNamed || saved === null) return findConfiguration(options, env, stdin);
  const { file, inventory } = saved;
  if (inventory !== null && inventory !== '-') return { file, inventory: await readGivenInventory(inventory, stdin) };
  if (file !== null && inventory === null) return { file, inventory };
  const isElsewhere = (await findTemporalSettings({ env })) !== null || (await runningServer(stateDir)) !== null;
  if (isElsewhere) return { file, inventory: { kind: 'standard input', written: '-', text: '' } };
  const again = commandWith({ inventory: '-' }, verb);
  throw new Refusal(`the unfinished run read its servers from standard input: pass them again, ${again}`);
}

/** Unfinished runs belong to another configuration: this one would resume them on other servers. */
export function unfinishedRunsRefusal(
  runs: string,
  { name, file, inventory }: SavedConfiguration,
  ours: string
): Refusal {
  const options = { config: file ?? undefined, inventory: inventory ?? undefined };
  return new Refusal(
    `the unfinished run ${runs} belongs to the configuration ${name}, not to ${ours}: ` +
      `resume it (${commandWith(options, ['run', '--resume'])}), cancel it (${ownCommand('cancel')}), or ${OTHER_STATE}`
  );
}
