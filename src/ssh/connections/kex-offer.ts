import { printable } from '../../domain/values/untrusted.ts';

/** The algorithms of a server, by what they are for. */
export type KexOffer = Record<'kex' | 'host key' | 'cipher' | 'MAC' | 'compression', string[]>;

/** SSH_MSG_KEXINIT of RFC 4253, 7.1: ten lists of names, of which the last two are languages. */
const KEX_INIT = 20;
const order = ['kex', 'host key', 'cipher', 'cipher', 'MAC', 'MAC', 'compression', 'compression'] as const;

/** What the first packet of a server offers. Null: it is not there yet, or is not as it should be. */
export function offerIn(packet: Buffer): KexOffer | null {
  if (packet.length < 22 || packet[5] !== KEX_INIT) return null;
  const offer: KexOffer = { kex: [], 'host key': [], cipher: [], MAC: [], compression: [] };
  let at = 22;
  for (const kind of order) {
    if (packet.length < at + 4) return null;
    const end = at + 4 + packet.readUInt32BE(at);
    if (packet.length < end) return null;
    const names = packet.toString('latin1', at + 4, end).split(',');
    offer[kind] = [...new Set([...offer[kind], ...names])];
    at = end;
  }
  return offer;
}

/** How ssh2 calls what it found nothing in common of. */
const kinds: readonly [RegExp, keyof KexOffer][] = [
  [/key exchange/, 'kex'],
  [/host key/, 'host key'],
  [/cipher/, 'cipher'],
  [/ MAC/, 'MAC'],
  [/compression/, 'compression'],
];

const names = { kex: 'key exchange', 'host key': 'host key', cipher: 'cipher', MAC: 'MAC', compression: 'compression' };
const MAX_NAMES = 5;

/**
 * That a server and this program have no algorithm in common, from ssh2's words for it: what it offers and what we have.
 * Untrusted: names are the server's.
 */
export function noCommonAlgorithm(message: string, offered: KexOffer | null, ours: KexOffer): string {
  const [, kind] = kinds.find(([pattern]) => pattern.test(message)) ?? [];
  if (kind === undefined || offered === null) return message;
  const theirs = offered[kind].filter(isAlgorithm);
  const sha1 = theirs.some((name) => name === 'ssh-rsa' || /sha1\b/.test(name)) ? '; SHA-1 is off here' : '';
  return `no common ${names[kind]} algorithm: it offers ${list(theirs)}; supported are ${list(ours[kind].filter(isAlgorithm))}${sha1}`;
}

/** Not a sign of what else a side can do, which stand among the key exchanges. */
function isAlgorithm(name: string): boolean {
  return !/^(?:ext-info|kex-strict)-/.test(name);
}

function list(all: readonly string[]): string {
  const shown = printable(all.slice(0, MAX_NAMES).join(', '), 200);
  return all.length > MAX_NAMES ? `${shown} and ${all.length - MAX_NAMES} more` : shown;
}
