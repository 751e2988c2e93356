import type { SavedConfiguration } from '../../temporal/saved-configuration.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** A remote worker cannot see the file that `--inventory` names on this machine. */
export function inventoryOptionRefusal(): Refusal {
  return new Refusal(
    'with TEMPORAL_ADDRESS or a Temporal profile, the workers use their own inventory: ' +
      `remove --inventory here, and start the workers with it (${ownCommand('worker', '--inventory', 'hosts.ini')})`
  );
}

/** The running Temporal has a worker with another configuration, which has other servers. */
export function temporalInUseRefusal(address: string, theirs: string, ours: string): Refusal {
  return new Refusal(
    `the Temporal at ${address} uses the configuration ${theirs}, not ${ours}: ` +
      'wait for it or stop it, or set FLEETMARK_STATE to another folder for a second Temporal'
  );
}

/** Unfinished runs belong to another configuration: this one would resume them on other servers. */
export function unfinishedRunsRefusal(runs: string, theirs: SavedConfiguration, ours: string): Refusal {
  const { name, file, inventory } = theirs;
  const config = file === null ? [] : ['--config', file];
  const resume = ['run', '--resume', ...config, ...(inventory === null ? [] : ['--inventory', inventory])];
  return new Refusal(
    `the unfinished run ${runs} belongs to the configuration ${name}, not to ${ours}: ` +
      `resume it (${ownCommand(...resume)}${inventory === '-' ? ' < FILE' : ''}), cancel it (${ownCommand('cancel')}), ` +
      'or set FLEETMARK_STATE to another folder for a second Temporal'
  );
}
