import { existsSync } from 'node:fs';
import { ownCommand } from '../terminal/own-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What to do first, without a configuration. */
export function howToBegin(): string {
  const first = [
    [ownCommand('demo'), 'see what it does, on this machine, in half a minute'],
    [ownCommand('check', '-i', 'hosts.ini'), "your servers: an Ansible inventory, or -i 'web-1,web-2'"],
    [ownCommand('run', '-i', 'hosts.ini', '--measure-only'), 'measure them'],
  ] as const;
  const width = Math.max(...first.map(([command]) => command.length));
  const isShort = width < 40;
  const lines = first.map(([command, what]) =>
    isShort ? `  ${command.padEnd(width)}  ${what}` : `  ${command}\n      ${what}`
  );
  return ['To begin:', ...lines, 'To keep it, create fleetmark.yaml with the line "inventory: hosts.ini".'].join('\n');
}

/** Whether a command line without words is from somebody who has not begun yet. */
export function hasBegun({ env }: Pick<Terminal, 'env'>): boolean {
  return Boolean(env['FLEETMARK_CONFIG']) || existsSync('fleetmark.yaml');
}
