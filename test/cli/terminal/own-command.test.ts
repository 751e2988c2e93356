import { createProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../terminal.ts';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownCommand, startCommand } from '../../../src/cli/terminal/own-command.ts';

const root = realpathSync(join(import.meta.dirname, '..', '..', '..'));
const main = join(root, 'scripts', 'from-source.mjs');
const script = ['run', '-s', 'fleetmark', '--'];

test.each([
  [root, ['npm', ...script]],
  [join(root, 'docs'), ['npm', ...script]],
  [tmpdir(), ['npm', '--prefix', root, ...script]],
  [join(root, 'node_modules', 'zod'), ['npm', '--prefix', root, ...script]],
])('from a clone, a printed command runs in the current folder: %s', (cwd, words) => {
  expect(startCommand({ main, cwd, path: '' })).toEqual(words);
});

test('within another program, the command is the package name', () => {
  expect(startCommand({ main: '/usr/bin/other', cwd: root, path: '' })).toEqual(['fleetmark']);
  expect(startCommand({ main: undefined, cwd: root, path: '' })).toEqual(['fleetmark']);
});

test('the words of a command are quoted for the shell, and cannot move a cursor', () => {
  expect(ownCommand('run', '--limit', 'web-*', '--note', "Ada's\n\u001b[2J")).toBe(
    "fleetmark run --limit 'web-*' --note 'Ada'\\''s [2J'"
  );
});

test('no message contains a literal fleetmark command: ownCommand knows how fleetmark was started', () => {
  const names = createProgram(fakeTerminal({}), () => undefined).commands.map((verb) => verb.name());
  expect(names).toEqual(expect.arrayContaining(['run', 'cancel', 'worker', 'demo', 'temporal']));
  const literalCommand = new RegExp(
    `fleetmark (${names.join('|')})\\b|\\btemporal (workflow|operator|schedule|task-queue)\\b`
  );
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts')
  );
  const lines = files.flatMap((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8').split('\n');
    return text.map((line, index) => `${file}:${index + 1}: ${line}`);
  });
  const isComment = (line: string): boolean => /: *(\*|\/\*\*|\/\/)/.test(line) || line.includes(' // ');
  const noCommand = /Written by fleetmark demo|makeKey\('fleetmark demo'\)|of the fleetmark worker/;
  expect(lines.filter((line) => literalCommand.test(line) && !isComment(line) && !noCommand.test(line))).toEqual([]);
});
