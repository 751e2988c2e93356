import { createHash } from 'node:crypto';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { ConnectionFacts } from '../../domain/jobs/job.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';

export type HostKeyTrust = ConnectionFacts['trusted'];
export type HostKeyOwner = Pick<Hop, 'host' | 'port' | 'hostKeyAlias' | 'hostKey'>;
export type HostKeyPolicy = Pick<SshSettings, 'knownHostsFiles' | 'hostKeys'>;

/** The lines of known_hosts that match one server. */
export interface KnownKeys {
  /** The name of the server in known_hosts. */
  name: string;
  all: readonly KnownHost[];
  revoked: readonly KnownHost[];
  /** Lines without a marker that match the name, including its port. */
  own: readonly KnownHost[];
  /** Lines whose keys are trusted. */
  trusted: readonly KnownHost[];
}

/**
 * Follows sshconnect.c of OpenSSH: a key known without the port is trusted if none is known with the port. Stricter than
 * OpenSSH: a key revoked without a port is revoked on all ports.
 */
export function knownKeysOf({ host, port, hostKeyAlias }: HostKeyOwner, known: KnownHosts): KnownKeys {
  const name = (hostKeyAlias ?? (port === 22 ? host : `[${host}]:${port}`)).toLowerCase();
  const named = known.find(name);
  const withoutPort = hostKeyAlias === null && port !== 22 ? known.find(host) : [];
  const all = [...new Set([...named, ...withoutPort])];
  const own = named.filter(({ marker }) => marker === null);
  return {
    ...{ name, all, own, revoked: all.filter(({ marker }) => marker === 'revoked') },
    trusted: own.length > 0 ? own : withoutPort.filter(({ marker }) => marker === null),
  };
}

/** Verifies a host key that a server presents: why it is trusted, or the failure that refuses it. */
export function verifyHostKey(
  key: Buffer,
  server: HostKeyOwner,
  known: KnownKeys,
  { knownHostsFiles, hostKeys }: HostKeyPolicy
): HostKeyTrust | Failure {
  const hasKey = (entry: KnownHost) => entry.key.equals(key);
  const revocation = known.revoked.find(hasKey);
  if (revocation) return mismatch(server, key, `which ${lineOf(revocation)} revokes`);
  if (server.hostKey !== null) {
    return fingerprint(key) === server.hostKey
      ? 'pinned'
      : mismatch(server, key, `but the inventory pins ${server.hostKey}`);
  }
  if (known.trusted.some(hasKey)) return 'known_hosts';
  const other = known.own.find(({ type }) => type === keyTypeOf(key));
  if (other) return mismatchWith(other, server, key);
  if (hostKeys === 'accept-new' && known.own.length === 0) return 'accepted';
  const why = whyUnknown(known.all, knownHostsFiles);
  return new Failure('HostKeyUnknown', `${presented(server, key)}, which is ${why}`);
}

export function mismatch(server: HostKeyOwner, key: Buffer, why: string): Failure {
  return new Failure('HostKeyMismatch', `${presented(server, key)}, ${why}`);
}

export function mismatchWith(entry: KnownHost, server: HostKeyOwner, key: Buffer): Failure {
  return mismatch(server, key, `but ${lineOf(entry)} expects ${fingerprint(entry.key)}`);
}

/** `SHA256:...`, as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A key starts with the length and the name of its type (RFC 4253, 6.6). Untrusted: the server sent it. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const name = key.toString('latin1', 4, 4 + Math.min(length, 64));
  return /^[\w@.-]+$/.test(name) ? name : 'of an unknown type';
}

/** Why adding a host key to the first of these files would not help; empty: it would. */
export function unusableFile([first]: readonly string[]): string {
  if (first !== undefined && first !== '/dev/null') return '';
  const what =
    first === undefined ? 'no known_hosts file is configured' : 'its known_hosts file is /dev/null, which keeps no key';
  return `; ${what}: set ssh.knownHosts in fleetmark.yaml to a file, or pin this key as hostKey of the server`;
}

function presented({ host, port }: HostKeyOwner, key: Buffer): string {
  return `${formatEndpoint({ host, port })} presents the host key ${keyTypeOf(key)} ${fingerprint(key)}`;
}

const MAX_NOTES = 3;

function whyUnknown(known: readonly KnownHost[], files: readonly string[]): string {
  const readable = files.filter((file) => file !== '/dev/null');
  const absent = readable.length === 0 ? 'in no known_hosts file' : `not in ${readable.join(', ')}`;
  const notes = known.slice(0, MAX_NOTES).map((entry) => {
    if (entry.marker === 'cert-authority')
      return `${lineOf(entry)} names a certificate authority, which is not supported: add the key of the server itself`;
    if (entry.marker === 'revoked') return `${lineOf(entry)} revokes another key of this server`;
    return `${lineOf(entry)} has another key of this server, ${entry.type}`;
  });
  if (known.length > MAX_NOTES) notes.push(`and ${known.length - MAX_NOTES} more lines`);
  return `${absent}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}${unusableFile(files)}`;
}

function lineOf({ file, line }: KnownHost): string {
  return `${file} line ${line}`;
}
