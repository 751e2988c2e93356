import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { Failure } from '../domain/failure.ts';
import { knownFor, parseKnownHosts } from './known-hosts.ts';
import type { KnownHost } from './known-hosts.ts';
import { parsedFiles, readError } from './parsed-file.ts';

/** What known_hosts says of one server, read before it is connected to. */
export interface HostKeyCheck {
  /** Algorithms to offer, those of known keys first: a server shows the first one that it has. */
  algorithms: ServerHostKeyAlgorithm[];
  /** Why this key must not be trusted, else null. Pure, so that it may be asked again at every key exchange. */
  objection(key: Buffer): Failure | null;
}

/** No `ssh-rsa`, which signs with SHA-1; an RSA key can sign with SHA-2. */
const algorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Reads known_hosts files, each once for as long as it does not change. */
export function knownHostsReader(): (files: readonly string[]) => Promise<KnownHost[]> {
  const read = parsedFiles((content, file) => parseKnownHosts(content.toString('utf8'), file));
  return async (files) => {
    const entries = files.map((file) =>
      read(file).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw new Failure('InvalidConfig', `the known_hosts file ${file} ${readError(error)}`, { cause: error });
      })
    );
    return (await Promise.all(entries)).flat();
  };
}

/** @param files those that the entries come from, for messages */
export function checkHostKey(
  { host, port }: { host: string; port: number },
  entries: readonly KnownHost[],
  files: readonly string[]
): HostKeyCheck {
  const known = knownFor(entries, host, port);
  const trusted = known.filter((entry) => entry.marker === null);
  const isKnownType = (algorithm: string) => trusted.some(({ type }) => type === keyTypeOf(algorithm));

  return {
    algorithms: [...algorithms.filter(isKnownType), ...algorithms.filter((algorithm) => !isKnownType(algorithm))],
    objection(key) {
      const type = typeOf(key);
      const offered = `${host}:${port} shows the host key ${type} ${fingerprint(key)}`;
      const revoked = known.find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
      if (revoked) return new Failure('HostKeyMismatch', `${offered}, which ${place(revoked)} revokes`);
      if (trusted.some((entry) => entry.key.equals(key))) return null;

      const other = trusted.find((entry) => entry.type === type);
      if (other) {
        return new Failure('HostKeyMismatch', `${offered}, but ${place(other)} expects ${fingerprint(other.key)}`);
      }
      return new Failure('HostKeyUnknown', `${offered}, which is ${whyUnknown(known, files)}`);
    },
  };
}

/** `SHA256:...`, as ssh shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function whyUnknown(known: readonly KnownHost[], files: readonly string[]): string {
  const absent = files.length === 0 ? 'in no known_hosts file, as none is configured' : `not in ${files.join(', ')}`;
  const notes = known.map((entry) => {
    if (entry.marker === 'cert-authority')
      return `${place(entry)} names a certificate authority, which is not supported`;
    if (entry.marker === 'revoked') return `${place(entry)} revokes another key of it`;
    return `${place(entry)} knows another key of it, ${entry.type}`;
  });
  return notes.length === 0 ? absent : `${absent} (${notes.join('; ')})`;
}

function place({ file, line }: KnownHost): string {
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
