import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { printable } from '../../domain/values/untrusted.ts';
import { firstOf } from '../../waiting/first-of.ts';

const SETTLE_MS = 3_000;
const MAX_BYTES = 16 * 1024;
const ADVICE = 'let them do so in interactive shells only (case $- in *i*) ... esac)';

/**
 * Finds out, where a shell did not run our script, whether login files are why: they run in it before the script does,
 * and have its input. Null: they are not.
 */
export async function faultOfLoginFiles(channel: ClientChannel, signal: AbortSignal): Promise<string | null> {
  const nonce = randomBytes(16).toString('hex');
  let output = '';
  const read = (chunk: Buffer) => {
    if (output.length < MAX_BYTES) output += chunk.toString('latin1');
  };
  channel.on('data', read);
  channel.stderr.on('data', read);
  const closed = new Promise<'closed'>((resolve) => channel.once('close', () => resolve('closed')));
  channel.write(`echo @@${nonce} one\necho @@${nonce} two\necho @@${nonce} in "$0"\n`);
  const early = await firstOf([closed], { ms: SETTLE_MS, signal });
  channel.end();
  const end = early === 'closed' ? early : await firstOf([closed], { ms: SETTLE_MS, signal });
  channel.destroy();
  return judge(output, nonce, { isAtOnce: early === 'closed', isClosed: end === 'closed' });
}

function judge(
  output: string,
  nonce: string,
  { isAtOnce, isClosed }: { isAtOnce: boolean; isClosed: boolean }
): string | null {
  const [, shell] = new RegExp(`^@@${nonce} in (.*)$`, 'm').exec(output) ?? [];
  const hasLine = (name: string) => new RegExp(`^@@${nonce} ${name}$`, 'm').test(output);
  if (output.includes(`echo @@${nonce}`)) return replaced('another program');
  if (hasLine('one') && hasLine('two')) {
    if (shell === '/bin/sh') return null;
    return replaced(shell ? `another shell, ${printable(shell, 60)},` : 'another shell');
  }
  // What it leaves of the lines, or that it goes only once there is no more of them.
  if (shell !== undefined || hasLine('two') || (isClosed && !isAtOnce)) {
    return `its login files (.bashrc or the like) read the input of the shell: ${ADVICE}`;
  }
  return null;
}

function replaced(by: string): string {
  return `its login files (.bashrc or the like) run ${by} in place of the shell: ${ADVICE}`;
}
