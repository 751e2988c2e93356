import { randomBytes } from 'node:crypto';
import { openShell } from '../connections/channel.ts';
import type { Connection } from '../connections/connect.ts';
import { firstOf } from '../../waiting/first-of.ts';
import { sweepScript } from './command-script.ts';

/** Kills what is left of a process group, and says how many of its processes remain; null: it could not be found out. */
export async function sweepGroup(connection: Connection, group: number, ms: number): Promise<number | null> {
  if (connection.lost !== null) return null;
  const nonce = randomBytes(16).toString('hex');
  const answer = openShell(connection)
    .then(async (channel) => {
      let text = '';
      channel.on('data', (chunk: Buffer) => (text = (text + chunk.toString('latin1')).slice(-4096)));
      channel.stderr.resume();
      channel.end(sweepScript(nonce, group));
      await new Promise((resolve) => channel.once('close', resolve));
      const left = text.match(`@@${nonce} left (\\d{1,6})`)?.[1];
      return left === undefined ? null : Number(left);
    })
    .catch(() => null);
  const left = await firstOf([answer], { ms });
  return typeof left === 'number' ? left : null;
}
