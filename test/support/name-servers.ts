/** Name servers that fail. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * A resolver with two name servers: the first never answers; the second does not answer for names that begin with
 * `dead`.
 */
export interface NameServers {
  /** The path of a resolv.conf(5). */
  file: string;
  /** The first name server answers until `loseFirst`. */
  startFirst(): void;
  stopFirst(): void;
  stop(): void;
}

/**
 * @param addresses - loopback addresses that no other test uses on port 53
 * @param options - options of resolv.conf(5): `timeout:1 attempts:1`
 */
export async function startNameServers(
  [silent, answering]: [string, string],
  names: Record<string, string>,
  options: string
): Promise<NameServers> {
  const sockets = await Promise.all([silent, answering].map(bound));
  sockets[1]!.on('message', (query, { port, address }) => {
    const answer = answerTo(query, names);
    if (answer) sockets[1]!.send(answer, port, address);
  });
  const dir = temporaryFolder('names');
  const file = path.join(dir, 'resolv.conf');
  const write = (...addresses: string[]) =>
    writeFileSync(file, [...addresses.map((each) => `nameserver ${each}`), `options ${options}`, ''].join('\n'));
  write(silent, answering);
  return {
    file,
    startFirst: () => write(answering),
    stopFirst: () => write(silent, answering),
    stop() {
      for (const socket of sockets) socket.close();
    },
  };
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket('udp4').bind(53, address);
  await once(socket, 'listening');
  return socket;
}

/** RFC 1035, 4.1: IPv4 addresses only. */
function answerTo(query: Buffer, names: Record<string, string>): Buffer | null {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const name = labels.join('.').toLowerCase();
  if (name.startsWith('dead')) return null;
  const address = query.readUInt16BE(at + 1) === 1 ? names[name] : undefined;
  const isKnown = names[name] !== undefined;
  const header = Buffer.from([query[0]!, query[1]!, 0x81, isKnown ? 0x80 : 0x83, 0, 1, 0, address ? 1 : 0, 0, 0, 0, 0]);
  const record = address ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)] : [];
  return Buffer.concat([header, question, Buffer.from(record)]);
}
