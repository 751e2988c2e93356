import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { textWidth } from '../../../src/reports/text-width.ts';
import { expect, test } from 'vitest';
import { examples } from '../../../src/cli/help/examples.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../terminal.ts';

function helpOf(path: string, columns: number): string {
  const terminal = fakeTerminal({ isTTY: true });
  terminal.stdout.columns = columns;
  const program = createProgram(terminal, () => undefined);
  expect(() => program.parse([...path.split(' ').filter(Boolean), '--help'], { from: 'user' })).toThrow();
  return terminal.written('stdout');
}

function withSubcommands(command: CommandUnknownOpts, path: string[] = []): string[] {
  const below = command.commands.flatMap((each) => withSubcommands(each, [...path, each.name()]));
  return [path.join(' '), ...below];
}

const paths = withSubcommands(createProgram(fakeTerminal({}), () => undefined));
const withHelp = paths.filter((path) => !['temporal', 'complete-words'].includes(path));

test.each(withHelp)('the help of "%s" fits 80 columns and begins with what it does', (path) => {
  const lines = helpOf(path, 80).split('\n');
  expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
  expect(lines[0]).toMatch(/^[A-Z]/);
  expect(lines.some((line) => line.startsWith('Usage: fleetmark'))).toBe(true);
});

test.each([40, 60])('a terminal of %d columns gets narrower lines', (columns) => {
  expect(
    helpOf('check', columns)
      .split('\n')
      .filter((line) => textWidth(line) > columns && !/^Files \(-|^ {2}fleetmark /.test(line))
  ).toEqual([]);
});

test('examples come before the usage, options are in groups', () => {
  const help = helpOf('run', 80);
  const headings = help.split('\n').flatMap((line) => /^(\w[\w ]*):( |$)/.exec(line)?.[1] ?? []);
  expect(headings).toEqual([...['Examples', 'Usage', 'Which servers', 'What is measured', 'How it starts', 'Output']]);
  expect(helpOf('', 80)).toMatch(/Measure:\n {2}run .*Look at results:\n {2}report .*Set up:\n.*Temporal:\n {2}up /s);
});

test('verbs that are used often have examples', () => {
  const without = withHelp.filter((path) => examples[path] === undefined);
  expect(without.filter((path) => !path.startsWith('schedule '))).toEqual([]);
});

test.each(
  Object.values(examples)
    .flat()
    .map(({ words }) => [words.join(' '), words] as const)
)('the example "%s" is valid', (_line, words) => {
  const program = createProgram(fakeTerminal({}), () => undefined);
  const all = (command: CommandUnknownOpts): CommandUnknownOpts[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(program)) command.action(() => undefined);
  program.parse(words, { from: 'user' });
});
