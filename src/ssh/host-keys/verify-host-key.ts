import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { ConnectionFacts } from '../../domain/jobs/job.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import type { KnownHost } from './known-host.ts';
import type { KnownHosts } from './known-hosts.ts';

export type HostKeyTrust = ConnectionFacts['trusted'];

/** What is known of the host keys of one server, read before it is connected to. */
export interface HostKeyCheck {
  /**
   * Algorithms to offer, those of known keys first: a server shows the key of the first one that it has. Where another
   * one is pinned than a key that was shown, no more of its type: see {@link untilPinned}.
   */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Why this key must not be trusted, else null. Asked again at every key exchange. */
  objection(key: Buffer): Failure | null;
  /**
   * Once connected, and before anything is done there: why the key that was shown is trusted. A new one is written down
   * first. @throws Failure where that cannot be, or where another connection has seen another key meanwhile
   */
  settle(): Promise<HostKeyTrust>;
}

/** Writes down that a key was the first that a server showed; an entry: the file knows another one by now. */
export type RecordHostKey = (name: string, type: string, key: Buffer) => Promise<KnownHost | null>;

/** No `ssh-rsa`, which signs with SHA-1; an RSA key can sign with SHA-2. */
const algorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

type Place = Pick<Hop, 'host' | 'port' | 'hostKeyAlias' | 'hostKey'>;

/**
 * By the rules of sshconnect.c of OpenSSH: a key that is known under the name without its port is right as long as none
 * is known with it. Stricter than it in that a key that is revoked without a port is revoked on all ports.
 * @param known the entries of `knownHostsFiles`
 */
export function checkHostKey(
  place: Place,
  known: KnownHosts,
  { knownHostsFiles, hostKeys }: Pick<SshSettings, 'knownHostsFiles' | 'hostKeys'>,
  record: RecordHostKey
): HostKeyCheck {
  const { host, port, hostKeyAlias, hostKey: pinned } = place;
  const name = knownName(place);
  const entries = known.find(name);
  const withoutPort = hostKeyAlias === null && port !== 22 ? known.find(host) : [];
  const own = entries.filter(({ marker }) => marker === null);
  const trusted = own.length > 0 ? own : withoutPort.filter(({ marker }) => marker === null);
  const revoked = [...entries, ...withoutPort].filter(({ marker }) => marker === 'revoked');
  const likely = pinned === null ? own : trusted.filter(({ key }) => fingerprint(key) === pinned);
  const isLikely = (algorithm: string) => likely.some(({ type }) => type === keyTypeOf(algorithm));
  const otherTypes = new Set<string>();
  let shown: { key: Buffer; trust: HostKeyTrust } | null = null;

  const endpoint = formatEndpoint({ host, port });
  const describe = (key: Buffer) => `${endpoint} shows the host key ${typeOf(key)} ${fingerprint(key)}`;
  const mismatch = (key: Buffer, why: string) => new Failure('HostKeyMismatch', `${describe(key)}, ${why}`);

  function judge(key: Buffer): HostKeyTrust | Failure {
    const revocation = revoked.find((entry) => entry.key.equals(key));
    if (revocation) return mismatch(key, `which ${placeOf(revocation)} revokes`);
    if (pinned !== null) {
      if (fingerprint(key) === pinned) return 'pinned';
      otherTypes.add(typeOf(key));
      return mismatch(key, `but the inventory pins ${pinned}`);
    }
    if (trusted.some((entry) => entry.key.equals(key))) return 'known_hosts';
    const other = own.find(({ type }) => type === typeOf(key));
    if (other) return mismatch(key, otherKey(other));
    if (hostKeys === 'strict' || own.length > 0) {
      const why = whyUnknown([...entries, ...withoutPort], knownHostsFiles);
      return new Failure('HostKeyUnknown', `${describe(key)}, which is ${why}`);
    }
    const isSame = shown === null || shown.key.equals(key);
    return isSame ? 'accepted' : mismatch(key, `and before ${fingerprint(shown!.key)}`);
  }

  return {
    get algorithms() {
      const possible = algorithms.filter((algorithm) => !otherTypes.has(keyTypeOf(algorithm)));
      return [...possible.filter(isLikely), ...possible.filter((algorithm) => !isLikely(algorithm))];
    },
    objection(key) {
      const trust = judge(key);
      if (trust instanceof Failure) return trust;
      shown = { key: Buffer.from(key), trust };
      return null;
    },
    async settle() {
      const { key, trust } = shown!;
      const other = trust === 'accepted' ? await record(name, typeOf(key), key) : null;
      if (other !== null) throw mismatch(key, otherKey(other));
      return trust;
    },
  };
}

/** What known_hosts calls a server. */
function knownName({ host, port, hostKeyAlias }: Place): string {
  return (hostKeyAlias ?? (port === 22 ? host : `[${host}]:${port}`)).toLowerCase();
}

/** `SHA256:...`, as ssh shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

const MAX_NOTES = 3;

function whyUnknown(known: readonly KnownHost[], files: readonly string[]): string {
  const kept = files.filter((file) => file !== '/dev/null');
  const absent = kept.length === 0 ? 'in no known_hosts file' : `not in ${kept.join(', ')}`;
  // Found under the name with its port and without it, a line is one.
  const notes = [...new Set(known)].map((entry) => {
    if (entry.marker === 'cert-authority')
      return `${placeOf(entry)} names a certificate authority, which is not supported: add the key of the server itself`;
    if (entry.marker === 'revoked') return `${placeOf(entry)} revokes another key of it`;
    return `${placeOf(entry)} knows another key of it, ${entry.type}`;
  });
  const more = notes.length > MAX_NOTES ? [`and ${notes.length - MAX_NOTES} more lines of it`] : [];
  const all = [...notes.slice(0, MAX_NOTES), ...more];
  return `${absent}${all.length === 0 ? '' : ` (${all.join('; ')})`}${keepsNone(files)}`;
}

/** To add a host key to its first file would not help. */
export function keepsNone([first]: readonly string[]): string {
  if (first !== undefined && first !== '/dev/null') return '';
  const what =
    first === undefined ? 'no known_hosts file is configured' : 'its known_hosts file is /dev/null, which keeps no key';
  return `; ${what}: name a file by ssh.knownHosts in fleetmark.yaml, or pin this key as hostKey of the server`;
}

function otherKey(entry: KnownHost): string {
  return `but ${placeOf(entry)} expects ${fingerprint(entry.key)}`;
}

function placeOf({ file, line }: KnownHost): string {
  return `${file} line ${line}`;
}

function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}

/** A key starts with the length and the name of its type (RFC 4253, 6.6). Untrusted: the server sent it. */
function typeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const name = key.toString('latin1', 4, 4 + Math.min(length, 64));
  return /^[\w@.-]+$/.test(name) ? name : 'of an unknown type';
}
