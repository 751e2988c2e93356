import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { printable } from '../../domain/values/untrusted.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import { completionAt, type Candidate } from '../completion/completion-at.ts';
import { filePlaceholders, knownValues } from '../completion/known-values.ts';
import { completionScript, FILES, type Shell } from '../completion/scripts.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A person waits for it with a key pressed. */
const LIMIT_MS = 3_000;
const MAX_DESCRIPTION = 80;

/** Prints a script for a shell, which calls {@link completeWords}. */
export function completion(shell: Shell, { stdout }: Terminal): number {
  stdout.write(completionScript(shell, ownCommand('complete-words')));
  return exitCodes.passed;
}

/** Prints what can be written at the cursor, a line each; nothing if it is not known. */
export async function completeWords(
  program: CommandUnknownOpts,
  words: readonly string[],
  terminal: Terminal
): Promise<number> {
  const { candidates, placeholder, before, given } = completionAt(program, words);
  const word = words.at(-1)!.slice(before.length);
  const values = placeholder === null ? [] : await valuesWithin(placeholder, given, terminal);
  const list = word.slice(0, word.lastIndexOf(',') + 1); // 'cpu,' of 'cpu,g'
  const all = [...candidates, ...values.map(({ text, what }) => ({ text: list + text, what }))];
  const found = all.filter(({ text }) => text.startsWith(word) && isPlain(text));
  const lines = found.map(({ text, what }) => `${before}${text}\t${printable(what, MAX_DESCRIPTION)}`);
  if (placeholder !== null && filePlaceholders.includes(placeholder)) lines.push(FILES);
  terminal.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return exitCodes.passed;
}

async function valuesWithin(...asked: Parameters<typeof knownValues>): Promise<Candidate[]> {
  return withTimeout(LIMIT_MS, () => knownValues(...asked), { graceMs: 0 }).catch(() => []);
}

/** A shell would read other characters as something else. Names of runs can be any text. */
function isPlain(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}@%+=:,./_-]+$/u.test(text);
}
