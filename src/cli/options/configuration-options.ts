import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { ownCommand } from '../terminal/own-command.ts';

/** Which configuration counts: the same on every verb that has one. */
export interface ConfigurationOptions {
  config?: string | undefined;
  inventory?: string | undefined;
}

export const configOption = new Option(
  '--config <file>',
  'configuration (default: FLEETMARK_CONFIG, else ./fleetmark.yaml)'
);

export const inventoryOption = new Option(
  '-i, --inventory <file>',
  "inventory, in place of the servers of the configuration; also a list, 'a,b' or 'web-[1-8]', or - for standard input"
).argParser((value, before: string | undefined) => {
  if (before !== undefined) throw new InvalidArgumentError('There is one inventory; a folder can hold several.');
  return value;
});

/** A command that means the same configuration: `fleetmark run -i hosts.ini`. Standard input is to be given again. */
export function commandWith({ config, inventory }: ConfigurationOptions, verb: string[], more: string[] = []): string {
  const given = inventory === undefined ? [] : ['-i', inventory];
  const words = [...verb, ...given, ...(config === undefined ? [] : ['--config', config]), ...more];
  return `${ownCommand(...words)}${inventory === '-' ? ' < FILE' : ''}`;
}
