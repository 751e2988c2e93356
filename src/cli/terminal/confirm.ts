import { createInterface } from 'node:readline/promises';
import { exitCodes } from './exit-code.ts';
import { Refusal } from './refusal.ts';
import type { Terminal } from './terminal.ts';

/** Asks for confirmation on a terminal. A script is not asked: without a selection it means all servers. */
export async function confirm(question: string, { stdin, stderr }: Terminal): Promise<void> {
  if (!stdin.isTTY || !stderr.isTTY) return;
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
