import { CUT_MARK } from '../domain/jobs/output-limit.ts';
import { shellQuote } from '../domain/jobs/shell.ts';

const END = '@@ fleetmark files end @@';

/**
 * Wraps a command (POSIX sh: dash, bash, busybox): prints its result files after its output, for {@link splitResultFiles}. The
 * command runs in its own shell, with unchanged exit status.
 * @param files - relative to the folder of the command
 */
export function withResultFiles(command: string, files: readonly string[]): string {
  if (files.length === 0) return command;
  const print = files.map((file) => {
    const name = shellQuote(file);
    return `[ ! -f ${name} ] || { printf '\\n%s\\n' ${shellQuote(headOf(file))}; cat ${name}; }`;
  });
  return `/bin/sh -c ${shellQuote(command)}
status=$?
${print.join('\n')}
printf '\\n%s\\n' ${shellQuote(END)}
exit $status`;
}

/** Separates the files from the output. A file that the command did not write is missing. */
export function splitResultFiles(
  stdout: string,
  files: readonly string[]
): { stdout: string; contents: ReadonlyMap<string, string> } {
  const contents = new Map<string, string>();
  let rest = stdout;
  if (files.length === 0) return { stdout, contents };
  const hasEnd = rest.endsWith(`\n${END}\n`);
  if (hasEnd) rest = rest.slice(0, -END.length - 2);
  // The last head: the command may have printed one, too.
  for (const file of [...files].reverse()) {
    const head = `\n${headOf(file)}\n`;
    const at = rest.lastIndexOf(head);
    if (at < 0) continue;
    contents.set(file, rest.slice(at + head.length));
    rest = rest.slice(0, at);
  }
  // Where the head of a file was cut off, output and file cannot be told apart: the text after it is left out.
  const cut = `\n${CUT_MARK}\n`;
  const at = rest.indexOf(cut);
  if (hasEnd && contents.size < files.length && at >= 0) rest = rest.slice(0, at + cut.length);
  return { stdout: rest, contents };
}

function headOf(file: string): string {
  return `@@ fleetmark file ${file} @@`;
}

/** The output of {@link withResultFiles} for these files. */
export function withFileContents(stdout: string, contents: ReadonlyMap<string, string>): string {
  if (contents.size === 0) return stdout;
  const files = [...contents].map(([file, content]) => `\n${headOf(file)}\n${content}`);
  return `${stdout}${files.join('')}\n${END}\n`;
}
