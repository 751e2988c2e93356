import { existsSync } from 'node:fs';
import { printable } from '../../domain/values/untrusted.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

const WIDTH = 80;

/** What to do first, without a configuration here. @param workers - the address of a remote Temporal; null: none */
export function howToBegin(workers: string | null): string {
  return workers === null ? beginHere() : beginWithWorkers(workers);
}

function beginHere(): string {
  const first = commandList([
    [ownCommand('demo'), 'try it: six servers on this machine'],
    [ownCommand('check', '-i', 'hosts.ini'), 'are yours ready? Also a list: -i web-1,web-2'],
    [ownCommand('run', '-i', 'hosts.ini'), 'measure them'],
  ]);
  const keep = 'To keep what you give it, create fleetmark.yaml with the line "inventory: hosts.ini".';
  return ['To begin:', ...first, keep].join('\n');
}

/** They have the servers, and refuse an inventory of this machine. */
function beginWithWorkers(address: string): string {
  const first = commandList([
    [ownCommand('check'), 'are the servers ready?'],
    [ownCommand('run'), 'measure them'],
  ]);
  return [
    `The workers at ${printable(address, 300)} have a configuration of their own. This needs none here:`,
    ...first,
    'To read results, create fleetmark.yaml with the store: of the workers; for all else, copy their file.',
    'For the first worker, create it with the line "inventory: hosts.ini".',
  ].join('\n');
}

function commandList(first: readonly (readonly [command: string, what: string])[]): string[] {
  const column = Math.max(...first.map(([command]) => command.length));
  const lines = first.map(([command, what]) => `  ${command.padEnd(column)}  ${what}`);
  const isWide = lines.some((line) => line.length > WIDTH);
  return isWide ? first.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]) : lines;
}

/** Whether there is a configuration: else a command line without words gets {@link howToBegin}. */
export function hasBegun({ env }: Pick<Terminal, 'env'>): boolean {
  return Boolean(env['FLEETMARK_CONFIG']) || existsSync('fleetmark.yaml');
}
