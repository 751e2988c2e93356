import { findConfiguration } from '../../config/find-configuration.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { CommandOutput } from '../../domain/plans/command-output.ts';
import type { UserCommand } from '../../domain/plans/configuration.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { matchPattern, withinTime } from '../../outputs/bounded-match.ts';
import { DeviceNumbers } from '../../outputs/device-numbers.ts';
import { readCommand, type CommandReadings } from '../../outputs/read-command.ts';
import { readingLines } from '../../reports/listings/reading-lines.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import { readDraft } from '../../worker/configuration.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { missingOutput, readSavedOutput, type SavedOutputOptions } from '../options/saved-output.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export type TryOptions = ConfigurationOptions & JsonOption & SavedOutputOptions;

/**
 * Shows what a run would read from the saved output of a command. Exits with 0 if all was read, with 1 for a fault, with 3
 * if something could not be read.
 */
export async function tryBenchmark(name: string, options: TryOptions, terminal: Terminal): Promise<number> {
  const source = await findConfiguration(options, terminal.env, terminal.stdin);
  const { benchmarks } = await readDraft(source);
  const { output } = commandOf(name, benchmarks);
  const found = await readingsOf(name, output, options, terminal);
  missingOutput(output, options).forEach(messagePrinter(terminal));
  printResult(
    { schemaVersion: 1, benchmark: name, ...found },
    (style) => readingLines(found, style, widthOf(terminal.stdout)),
    options,
    terminal
  );
  if (found.faults.length > 0) return exitCodes.failed;
  return found.error === null ? exitCodes.passed : exitCodes.unjudged;
}

async function readingsOf(
  name: string,
  output: CommandOutput,
  options: TryOptions,
  { stdin }: Terminal
): Promise<CommandReadings> {
  const devices = new DeviceNumbers({ gpus: [], firstGpu: output.firstGpu });
  try {
    const saved = await readSavedOutput(output, options, stdin, `the command of ${name}`);
    return readCommand(output, saved, { match: matchPattern, limit: withinTime, devices });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { readings: [], devices: [], faults: [], error: { type: error.kind, message: error.message } };
  }
}

function commandOf(
  name: string,
  benchmarks: readonly { benchmark: string; command: UserCommand | null }[]
): UserCommand {
  const commands = benchmarks.filter(({ command }) => command !== null).map(({ benchmark }) => benchmark);
  const found = benchmarks.find(({ benchmark }) => benchmark === name);
  if (found?.command) return found.command;
  const known = commands.length === 0 ? 'it has none' : `it has ${shortList(commands, 10)}`;
  throw new Refusal(`the configuration has no command ${name}${didYouMean(name, commands)}; ${known}`);
}
