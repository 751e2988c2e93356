import { existsSync } from 'node:fs';
import { ownCommand } from '../terminal/own-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

const WIDTH = 80;

/** What to do first, without a configuration. */
export function howToBegin(): string {
  const first = [
    [ownCommand('demo'), 'try it: six servers on this machine'],
    [ownCommand('check', '-i', 'hosts.ini'), 'are yours ready? Also a list: -i web-1,web-2'],
    [ownCommand('run', '-i', 'hosts.ini'), 'measure them'],
  ] as const;
  const column = Math.max(...first.map(([command]) => command.length));
  const lines = first.map(([command, what]) => `  ${command.padEnd(column)}  ${what}`);
  const isWide = lines.some((line) => line.length > WIDTH);
  const shown = isWide ? first.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]) : lines;
  const keep = 'To keep what you give it, create fleetmark.yaml with the line "inventory: hosts.ini".';
  return ['To begin:', ...shown, keep].join('\n');
}

/** Whether there is a configuration: else a command line without words gets {@link howToBegin}. */
export function hasBegun({ env }: Pick<Terminal, 'env'>): boolean {
  return Boolean(env['FLEETMARK_CONFIG']) || existsSync('fleetmark.yaml');
}
