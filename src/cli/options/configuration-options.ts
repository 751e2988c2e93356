import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { groups } from './option-groups.ts';
import { ownCommand } from '../terminal/own-command.ts';

/** Options that name the configuration, the same on every verb that reads one. */
export interface ConfigurationOptions {
  config?: string | undefined;
  inventory?: string | undefined;
}

export const configOption = new Option(
  '--config <file>',
  'configuration (default: FLEETMARK_CONFIG, else ./fleetmark.yaml)'
).helpGroup(groups.servers);

export const inventoryOption = new Option(
  '-i, --inventory <file>',
  "inventory instead of the configured servers: a file or folder, a list ('a,b', 'web-[1-8]'), or - for standard input"
)
  .helpGroup(groups.servers)
  .argParser((value, before: string | undefined) => {
    if (before !== undefined)
      throw new InvalidArgumentError('It can be given only once; a folder can contain several inventories.');
    return value;
  });

/** A command line with the same configuration options: `fleetmark run -i hosts.ini`. `-i -` adds `< FILE`. */
export function commandWith({ config, inventory }: ConfigurationOptions, verb: string[], more: string[] = []): string {
  const given = inventory === undefined ? [] : ['-i', inventory];
  const words = [...verb, ...given, ...(config === undefined ? [] : ['--config', config]), ...more];
  return `${ownCommand(...words)}${inventory === '-' ? ' < FILE' : ''}`;
}
