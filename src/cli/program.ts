import { Command, CommanderError } from '@commander-js/extra-typings';
import { exitCodes } from './terminal/exit-code.ts';
import { ownCommand } from './terminal/own-command.ts';
import { ownVersion } from './terminal/own-version.ts';
import { describeError } from './terminal/refusal.ts';
import { noticeStdinWait } from './runs/notice-stdin-wait.ts';
import type { Terminal } from './terminal/terminal.ts';
import { addVerbs } from './verbs.ts';

const examples: readonly [words: readonly string[], rest: string, what: string][] = [
  [['demo'], '', 'try it without servers'],
  [['check'], '', 'are the servers of ./fleetmark.yaml ready?'],
  [['run'], '', 'every server of ./fleetmark.yaml'],
  [['run', '--limit', 'web-*'], '', 'some of them'],
  [['run', '-i', 'hosts.ini'], '', 'every server of an Ansible inventory'],
  [['baseline'], '', 'use the last run as the baseline'],
  [['schedule', 'create', 'nightly', '--cron', '@daily'], '', 'every night'],
  [['run', '--json'], ' | jq .failed', 'for programs'],
];

function help(): string {
  const commands = examples.map(([words, rest]) => `${ownCommand(...words)}${rest}`);
  const width = Math.max(...commands.map(({ length }) => length)) + 4;
  const lines = examples.map(([, , what], index) => `  ${commands[index]!.padEnd(width)}${what}`);
  return `\nExamples:\n${lines.join('\n')}\n${EXIT_CODE_HELP}`;
}

const EXIT_CODE_HELP = `
Exit codes:
  0 every server passed                  1 at least one server failed
  2 invalid usage or configuration       3 a server could not be judged, or the run could not finish
  130, 143 interrupted

Without TEMPORAL_ADDRESS or a Temporal profile, fleetmark starts its own Temporal.`;

/** Runs one command line and resolves to its exit code. Loads no Temporal code before a verb needs it. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const program = createProgram(terminal, (code) => (exitCode = code));
  const stopStdinNotice = noticeStdinWait(argv, terminal);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed the usage error. Its exit code would be 1, which here means that a server failed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.refused;
    const { text, exitCode: code } = describeError(error, argv.includes('--verbose'));
    terminal.stderr.write(`fleetmark: ${text}\n`);
    return code;
  } finally {
    stopStdinNotice();
  }
}

function createProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  const program = new Command('fleetmark')
    .description('Benchmark every server you have, over plain SSH, and get one list of the ones that fall short.')
    .version(`${ownVersion()} (node ${process.versions.node})`, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .enablePositionalOptions()
    .addHelpText('after', help);
  addVerbs(program, terminal, done);
  return program;
}
