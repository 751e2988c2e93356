import type { LookupAddress } from 'node:dns';
import { Socket } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import type { Hop } from '../../domain/servers/server.ts';

/** The way to an SSH server, for one connection: bytes in both directions, and nothing said on it yet. */
export interface Way {
  stream: Duplex;
  /** Where it leads, in words: `web-1:22`, `web-1:22 through the jump host b:22`. */
  where: string;
  /** Why it broke, if that is known better than from its two ends. */
  broken(): string | null;
}

/** Node gives each address of a name 250 ms, too little for a server far away. */
const ADDRESS_TIMEOUT_MS = 2_000;

/** A TCP connection of our own. It begins to connect at once, so whoever asks for it must listen to it before anything else. */
export function directWay(hop: Pick<Hop, 'host' | 'port'>, addresses: readonly LookupAddress[]): Way {
  const { host, port } = hop;
  const stream = new Socket();
  stream.on('connect', () => stream.setNoDelay(true));
  const lookup: LookupFunction = (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first!.address, first!.family);
  };
  stream.connect({ host, port, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS, lookup });
  return { stream, where: placeOf(hop), broken: () => null };
}

/** `web-1:22`, for messages and logs. */
export function placeOf({ host, port }: Pick<Hop, 'host' | 'port'>): string {
  return formatEndpoint({ host, port });
}
