import { Command, Help, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { ownCommand } from '../terminal/own-command.ts';
import { examples, type Example } from './examples.ts';

const INDENT = '  ';
const BELOW = INDENT.repeat(3);
const DEFAULT_WIDTH = 80;

/** In fewer columns, a description gets lines of its own. */
const MIN_DESCRIPTION_WIDTH = 24;

const EXIT_CODES = `
Exit codes:
  0  every server passed             2  invalid usage or configuration
  1  at least one server failed      3  a server could not be judged
  130, 143  interrupted

Without TEMPORAL_ADDRESS or a Temporal profile, it starts its own Temporal.`;

/** Makes the help of the program and of its verbs, which are added later, begin with what it is for and with examples. */
export function addHelp(program: Command): void {
  program
    .configureHelp({
      subcommandTerm: (verb) => verb.name(),
      formatHelp: (command, help) => introduction(command, help) + Help.prototype.formatHelp.call(help, command, help),
      commandDescription: () => '',
      minWidthToWrap: MIN_DESCRIPTION_WIDTH,
      formatItem: itemText,
    })
    .addHelpCommand(helpVerb())
    .addHelpText('after', EXIT_CODES);
}

function helpVerb(): Command {
  const verb = new Command('help').description('print the help of a command').helpOption(false).helpGroup('Set up:');
  verb.argument('[command]'); // its type would not be that of a help command
  return verb;
}

function introduction(command: CommandUnknownOpts, help: Help): string {
  const shown = exampleLines(examples[pathOf(command)] ?? [], help);
  const sections = [
    below(firstUpper(command.description()), '', help),
    shown.length > 0 ? ['Examples:', ...shown] : [],
  ];
  return sections.map((lines) => (lines.length > 0 ? `${lines.join('\n')}\n\n` : '')).join('');
}

function itemText(term: string, termWidth: number, description: string, help: Help): string {
  const width = help.helpWidth ?? DEFAULT_WIDTH;
  if (width - termWidth - 2 * INDENT.length >= MIN_DESCRIPTION_WIDTH)
    return Help.prototype.formatItem.call(help, term, termWidth, description, help);
  return [`${INDENT}${term}`, ...below(description, BELOW, help)].join('\n');
}

/** A text in lines with an indent. */
function below(text: string, indent: string, help: Help): string[] {
  const lines = help.boxWrap(text, (help.helpWidth ?? DEFAULT_WIDTH) - indent.length).split('\n');
  return lines.map((line) => indent + line);
}

/** Two columns; an example that is too long for them gets a line of its own. */
function exampleLines(shown: readonly Example[], help: Help): string[] {
  const width = help.helpWidth ?? DEFAULT_WIDTH;
  const written = shown.map(({ words, rest = '', what }) => ({ command: `${ownCommand(...words)}${rest}`, what }));
  const longest = Math.max(...written.map(({ what }) => what.length));
  const room = width - longest - 2 * INDENT.length;
  const column = Math.max(0, ...written.map(({ command }) => command.length).filter((length) => length <= room));
  return written.flatMap(({ command, what }) =>
    command.length <= room || what === ''
      ? [`${INDENT}${command.padEnd(column + INDENT.length)}${what}`.trimEnd()]
      : [`${INDENT}${command}`, ...below(what, BELOW, help)]
  );
}

/** `schedule create`; of the program itself: ''. */
function pathOf(command: CommandUnknownOpts): string {
  const names: string[] = [];
  for (let each = command; each.parent !== null; each = each.parent) names.unshift(each.name());
  return names.join(' ');
}

function firstUpper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/([^.?!])$/, '$1.');
}
