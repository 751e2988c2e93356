import { MAX_KEPT_BYTES } from '../../domain/jobs/output-limit.ts';
import type { CommandOutput } from '../../domain/plans/command-output.ts';
import { shortList } from '../../domain/values/short-list.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { filesOf, type CommandText } from '../../outputs/read-command.ts';
import { keptOutput } from '../../outputs/kept-output.ts';
import { withFileContents } from '../../outputs/result-files.ts';
import { pipeHint } from '../../source/file-errors.ts';
import { readFileBytes, readStreamBytes } from '../../source/text-file.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The beginning and the end of an output may each be this long. */
const MAX_SAVED_BYTES = 2 * MAX_KEPT_BYTES;

/** Options that name what a command wrote. `-`: standard input. */
export interface SavedOutputOptions {
  output?: string | undefined;
  errors?: string | undefined;
  /** `result.json=saved.json`: the result file of the command, and where it is now. */
  file?: string[] | undefined;
}

/**
 * What a run would have of the saved output of a command.
 * @param what - the program: `the command of burn`
 * @throws Refusal if it cannot be read
 * @throws Failure UnreadableOutput if it is too long
 */
export async function readSavedOutput(
  { metrics, keep }: CommandOutput,
  options: SavedOutputOptions & { inventory?: string | undefined },
  stdin: Terminal['stdin'],
  what: string
): Promise<CommandText> {
  const { output, errors } = options;
  const files = savedFiles(filesOf(metrics), options.file ?? []);
  const paths = [output, errors, ...files.values()];
  if (paths.every((path) => path === undefined)) {
    const forFiles = files.size === 0 ? '' : `, --file ${[...files.keys()][0]}=PATH for a result file`;
    throw new Refusal(`no output to read: give --output FILE for standard output, --errors FILE for errors${forFiles}`);
  }
  if ([...paths, options.inventory].filter((path) => path === '-').length > 1)
    throw new Refusal('standard input can be read only once: give "-" to one option, and files to the others');

  // One character for each byte, since a run limits bytes, also of what is not UTF-8.
  const read = async (path: string | undefined): Promise<string> =>
    path === undefined ? '' : (await savedBytes(path, stdin)).toString('latin1');
  const contents = new Map<string, string>();
  for (const [file, path] of files) if (path !== undefined) contents.set(file, await read(path));
  const kept = (text: string): string => keptOutput(Buffer.from(text, 'latin1'), keep, what).toString('utf8');
  return {
    stdout: kept(withFileContents(await read(output), contents)),
    stderr: kept(await read(errors)),
    isComplete: true,
  };
}

/** What metrics are read from and was not given, for a person: `burn.iops: in r.txt; give it with --file r.txt=PATH` */
export function missingOutput(
  { metrics, read }: CommandOutput,
  { output, errors, file = [] }: SavedOutputOptions
): string[] {
  const tell = (found: typeof metrics, where: string, option: string): string[] => {
    const names = found.filter(({ absent }) => absent === 'error').map(({ metric }) => metric);
    return names.length === 0 ? [] : [`${shortList(names, 3)}: in ${where}; give it with ${option}`];
  };
  const ofStreams = metrics.filter((metric) => metric.file === null);
  const isGiven = { stdout: output, stderr: errors, both: output ?? errors }[read] !== undefined;
  const [stream, option] =
    read === 'stderr' ? ['standard error', '--errors FILE'] : ['standard output', '--output FILE'];
  const isSaved = (name: string): boolean => file.some((each) => each.startsWith(`${name}=`));
  return [
    ...(isGiven ? [] : tell(ofStreams, stream, option)),
    ...filesOf(metrics)
      .filter((name) => !isSaved(name))
      .flatMap((name) =>
        tell(
          metrics.filter((metric) => metric.file === name),
          name,
          `--file ${name}=PATH`
        )
      ),
  ];
}

/** Where the result files are now, in the order in which a run prints them; undefined: not given. */
function savedFiles(needed: readonly string[], given: readonly string[]): Map<string, string | undefined> {
  const paths = new Map<string, string | undefined>(needed.map((file) => [file, undefined]));
  for (const each of given) {
    const at = each.indexOf('=');
    const file = each.slice(0, Math.max(at, 0));
    if (!paths.has(file)) {
      const known = needed.length === 0 ? 'no metric has a file' : `the files of its metrics are ${needed.join(', ')}`;
      throw new Refusal(`--file ${each}: write NAME=PATH, where NAME is the file of a metric; ${known}`);
    }
    if (paths.get(file) !== undefined) throw new Refusal(`--file ${file} is given twice`);
    paths.set(file, each.slice(at + 1));
  }
  return paths;
}

async function savedBytes(path: string, stdin: Terminal['stdin']): Promise<Buffer> {
  if (path === '-' && stdin.isTTY)
    throw new Refusal('standard input is a terminal: pipe what the command printed into it, or name a file');
  const read =
    path === '-' ? await readStreamBytes(stdin, MAX_SAVED_BYTES) : await readFileBytes(path, MAX_SAVED_BYTES);
  if ('bytes' in read) return read.bytes;
  const hint = pipeHint(read.unreadable);
  throw new Refusal(`${path === '-' ? 'standard input' : printable(path, 300)} ${read.unreadable}${hint}`);
}
