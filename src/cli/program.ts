import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { addResultVerbs } from './commands/result-verbs.ts';
import { addRunVerbs } from './commands/run-verbs.ts';
import { addSetupVerbs } from './commands/setup-verbs.ts';
import { verbContext } from './commands/verb-context.ts';
import { MissingConfiguration } from '../config/missing-configuration.ts';
import { printable } from '../domain/values/untrusted.ts';
import { addHelp } from './help/add-help.ts';
import { hasBegun, howToBegin } from './help/how-to-begin.ts';
import { limitOption } from './options/fleet-options.ts';
import { groups } from './options/option-groups.ts';
import { noticeStdinWait } from './runs/notice-stdin-wait.ts';
import { colorModes } from './terminal/colors.ts';
import { findTemporalSettings } from './temporal/find-temporal-settings.ts';
import { exitCodes } from './terminal/exit-code.ts';
import { ownCommand } from './terminal/own-command.ts';
import { ownVersion } from './terminal/own-version.ts';
import { describeError } from './terminal/refusal.ts';
import { widthOf, type Terminal } from './terminal/terminal.ts';

const MAX_HELP_WIDTH = 80;

/** Runs one command line and resolves to its exit code. Loads no Temporal code before a verb needs it. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.length === 0 && !hasBegun(terminal)) {
    const begin = howToBegin(await workersAddress(terminal));
    terminal.stderr.write(`There is no fleetmark.yaml here. ${begin}\nAll commands: ${ownCommand('--help')}\n`);
    return exitCodes.refused;
  }
  let exitCode: number = exitCodes.passed;
  const program = createProgram(terminal, (code) => (exitCode = code));
  const stopStdinNotice = noticeStdinWait(argv, terminal);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed the usage error. Its exit code would be 1, which here means that a server failed.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments') terminal.stderr.write(limitHint(program, argv[0] ?? ''));
      return error.exitCode === 0 ? exitCodes.passed : exitCodes.refused;
    }
    if (error instanceof MissingConfiguration) {
      const begin = howToBegin(await workersAddress(terminal));
      terminal.stderr.write(`fleetmark: ${printable(error.what, 500)}\n${begin}\n`);
      return exitCodes.refused;
    }
    const { text, exitCode: code } = describeError(error, argv.includes('--verbose'));
    terminal.stderr.write(`fleetmark: ${text}\n`);
    return code;
  } finally {
    stopStdinNotice();
  }
}

/** Where remote workers are; null: there are none, or their settings are invalid, which is not what is wrong first. */
async function workersAddress(terminal: Terminal): Promise<string | null> {
  return findTemporalSettings(terminal).then(
    (settings) => settings?.address ?? null,
    () => null
  );
}

/** The verbs with their options and help. */
export function createProgram({ stdout, stderr, stdin, env }: Terminal, done: (exitCode: number) => void): Command {
  const terminal: Terminal = { stdout, stderr, stdin, env };
  const program = new Command('fleetmark')
    .description('Benchmark every server you have, over plain SSH, and get one list of the ones that fall short.')
    .optionsGroup(groups.output)
    .version(`${ownVersion()} (node ${process.versions.node})`, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => helpWidth(stdout),
      getErrHelpWidth: () => helpWidth(stderr),
    })
    .enablePositionalOptions()
    .addHelpOption(new Option('-h, --help', 'print this help').helpGroup(groups.output));
  addHelp(program);
  const context = verbContext(terminal, done);
  addRunVerbs(program, context);
  addResultVerbs(program, context);
  addSetupVerbs(program, context);
  addOutputOptions(program, terminal);
  return program;
}

/** Long lines are hard to read, and a file has no width. */
function helpWidth(stream: NodeJS.WriteStream): number {
  return Math.min(widthOf(stream), MAX_HELP_WIDTH);
}

/** For `run web-1`. */
function limitHint({ commands }: Command, verb: string): string {
  const options = commands.find((each) => each.name() === verb)?.options ?? [];
  // In lists of runs, --limit is a number.
  const choosesServers = options.some(({ flags }) => flags === limitOption.flags);
  return choosesServers ? `Choose servers with --limit: ${ownCommand(verb, '--limit', 'web-1')}\n` : '';
}

/** Options of all verbs. */
function addOutputOptions(program: Command, terminal: Terminal): void {
  const own = program.commands.filter((each) => each.name() !== 'temporal' && each.name() !== 'complete-words');
  for (const command of own.flatMap((each) => [each, ...each.commands])) {
    command.addOption(new Option('--color <when>', 'colours').choices(colorModes).helpGroup(groups.output));
    if (command.options.some(({ long }) => long === '--verbose')) continue;
    command.addOption(new Option('--verbose', 'show where an internal error happened').helpGroup(groups.output));
  }
  program.hook('preAction', (_, verb) => {
    const { quiet = false, color } = verb.opts() as { quiet?: boolean; color?: Terminal['color'] };
    Object.assign(terminal, { isQuiet: quiet, color });
  });
}
