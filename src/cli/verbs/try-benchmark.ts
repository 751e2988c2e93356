import { findConfiguration } from '../../config/find-configuration.ts';
import type { UserCommand } from '../../domain/plans/configuration.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { matchPattern, withinTime } from '../../outputs/bounded-match.ts';
import { DeviceNumbers } from '../../outputs/device-numbers.ts';
import { filesOf, readCommand } from '../../outputs/read-command.ts';
import { withFileContents } from '../../outputs/result-files.ts';
import { readingLines } from '../../reports/listings/reading-lines.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import { readTextFile } from '../../source/text-file.ts';
import { readDraft } from '../../worker/configuration.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printResult, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface TryOptions extends ConfigurationOptions, JsonOption {
  /** Files with what the command printed. */
  output?: string | undefined;
  errors?: string | undefined;
  /** `result.json=saved.json`: the result file of the command, and where it is now. */
  file?: string[] | undefined;
}

/**
 * Shows what a run would read from the saved output of a command. Exits with 0 if all was read, with 1 for a fault, with 3
 * if something could not be read.
 */
export async function tryBenchmark(name: string, options: TryOptions, terminal: Terminal): Promise<number> {
  const source = await findConfiguration(options, terminal.env, terminal.stdin);
  const { benchmarks } = await readDraft(source);
  const { output } = commandOf(name, benchmarks);
  const contents = await savedFiles(filesOf(output.metrics), options.file ?? []);
  const stdout = withFileContents(await savedText(options.output), contents);
  const reader = {
    match: matchPattern,
    limit: withinTime,
    devices: new DeviceNumbers({ gpus: [], firstDevice: output.firstDevice }),
  };
  const stderr = await savedText(options.errors);
  const found = readCommand(output, { stdout, stderr, isComplete: true }, reader);
  printResult(
    { schemaVersion: 1, benchmark: name, ...found },
    (style) => readingLines(found, style),
    options,
    terminal
  );
  if (found.faults.length > 0) return exitCodes.failed;
  return found.error === null ? exitCodes.passed : exitCodes.unjudged;
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

async function savedText(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const read = await readTextFile(path);
  if ('text' in read) return read.text;
  throw new Refusal(`${path} ${read.unreadable}`);
}

/** The saved result files, by the names that the command gives them. */
async function savedFiles(needed: readonly string[], given: readonly string[]): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const each of given) {
    const at = each.indexOf('=');
    const file = each.slice(0, Math.max(at, 0));
    if (!needed.includes(file)) {
      const known = needed.length === 0 ? 'no metric has a file' : `the files of its metrics are ${needed.join(', ')}`;
      throw new Refusal(`--file ${each}: write NAME=PATH, where NAME is the file of a metric; ${known}`);
    }
    contents.set(file, await savedText(each.slice(at + 1)));
  }
  return contents;
}
