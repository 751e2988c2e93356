import type { UsedConfiguration } from '../../temporal/used-configuration.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** What `--inventory` names here, a worker elsewhere never sees. */
export function inventoryOptionRefusal(): Refusal {
  return new Refusal(
    'with TEMPORAL_ADDRESS or a Temporal profile the inventory of the workers counts: ' +
      `leave out --inventory here, and start them with it (${ownCommand('worker', '--inventory', 'hosts.ini')})`
  );
}

/** A Temporal is at work already, and its worker would measure the servers of another configuration file. */
export function temporalInUseRefusal(address: string, theirs: string, ours: string): Refusal {
  return new Refusal(
    `the Temporal at ${address} works for the configuration ${theirs}, not for ${ours}: ` +
      'wait for it or stop it, or set FLEETMARK_STATE to another folder for a second Temporal'
  );
}

/** A crash left runs unfinished that a worker with our configuration file would finish on other servers. */
export function unfinishedRunsRefusal(runs: string, theirs: UsedConfiguration, ours: string): Refusal {
  const { name, file, inventory } = theirs;
  const config = file === null ? [] : ['--config', file];
  const resume = ['run', '--resume', ...config, ...(inventory === null ? [] : ['--inventory', inventory])];
  return new Refusal(
    `what is not finished (${runs}) is of the configuration ${name}, not of ${ours}: ` +
      `go on with it (${ownCommand(...resume)}${inventory === '-' ? ' < FILE' : ''}), give it up (${ownCommand('cancel')}), ` +
      'or set FLEETMARK_STATE to another folder for a second Temporal'
  );
}
