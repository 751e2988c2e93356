import type { LookupAddress } from 'node:dns';
import { Socket, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import type { Hop } from '../../domain/servers/server.ts';
import { writeTogether } from './write-together.ts';

/** Carries the bytes of one SSH connection, in both directions. */
export interface Transport {
  stream: Duplex;
  /** For messages: `web-1:22`, `web-1:22 through the jump host b:22`. */
  where: string;
  /** Why it broke, if more is known than the SSH client reports. */
  broken(): string | null;
}

/** Node's default of 250 ms per address is too short for a distant server. */
const ADDRESS_TIMEOUT_MS = 2_000;

/** A TCP connection, which starts connecting at once: add listeners first. */
export function directTransport(hop: Pick<Hop, 'host' | 'port'>, addresses: readonly LookupAddress[]): Transport {
  const { host, port } = hop;
  const stream = new Socket();
  stream.on('connect', () => stream.setNoDelay(true));
  const lookup: LookupFunction = (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first!.address, first!.family);
  };
  stream.connect({ host, port, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS, lookup });
  writeTogether(stream);
  return { stream, where: hostAndPort(hop), broken: () => null };
}

/** `web-1:22`, for messages and logs. */
export function hostAndPort({ host, port }: Pick<Hop, 'host' | 'port'>): string {
  return formatEndpoint({ host, port });
}
