import { createInterface } from 'node:readline/promises';
import { exitCodes } from './exit-code.ts';
import { Refusal } from './refusal.ts';
import type { Terminal } from './terminal.ts';

/** Whether a person can be asked. A script is not: without a selection it means all servers. */
export function isAsked({ stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY && stderr.isTTY;
}

/** Asks for confirmation on a terminal. */
export async function confirm(question: string, terminal: Terminal): Promise<void> {
  if (!isAsked(terminal)) return;
  const { stdin, stderr } = terminal;
  const prompt = createInterface({ input: stdin, output: stderr });
  const answer = new Promise<string>((resolve, reject) => {
    prompt.on('SIGINT', () => reject(new Refusal('nothing was started', exitCodes.interrupted)));
    prompt.on('close', () => resolve('')); // Ctrl-D, or the terminal is gone
    prompt.question(`${question} [y/N] `).then(resolve, () => resolve(''));
  });
  try {
    if (!/^y(es)?$/i.test((await answer).trim())) throw new Refusal('nothing was started');
  } finally {
    prompt.close();
  }
}
