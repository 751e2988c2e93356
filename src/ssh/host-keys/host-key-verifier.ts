import type { ServerHostKeyAlgorithm } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { KnownHost, KnownHosts } from './known-hosts.ts';
import {
  fingerprint,
  keyTypeOf,
  knownKeysOf,
  mismatch,
  mismatchWith,
  verifyHostKey,
  type HostKeyOwner,
  type HostKeyPolicy,
  type HostKeyTrust,
} from './verify-host-key.ts';

/** Verifies the host keys that one server presents while connecting. */
export interface HostKeyVerifier {
  /**
   * Algorithms to offer, those of known keys first: a server presents the key of the first one that it has. If a
   * presented key is not the pinned one, its type is not offered again: see {@link connectUntilPinnedKey}.
   */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** Why this key must not be trusted; null: it is trusted. Called again at every key exchange. */
  verify(key: Buffer): Failure | null;
  /**
   * Call it once connected, before using the connection. Records a new key, and returns why the key is trusted.
   * @throws Failure if the key cannot be recorded, or another one has been recorded meanwhile
   */
  confirm(): Promise<HostKeyTrust>;
}

/** Records the first key that a server has presented. Returns the entry if the file has another key of this server by now. */
export type RecordHostKey = (name: string, type: string, key: Buffer) => Promise<KnownHost | null>;

/** No `ssh-rsa`, which signs with SHA-1; an RSA key can sign with SHA-2. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** @param knownHosts the lines of the policy's `knownHostsFiles` */
export function hostKeyVerifier(
  server: HostKeyOwner,
  knownHosts: KnownHosts,
  policy: HostKeyPolicy,
  record: RecordHostKey
): HostKeyVerifier {
  const pinned = server.hostKey;
  const known = knownKeysOf(server, knownHosts);
  const likely = pinned === null ? known.own : known.trusted.filter(({ key }) => fingerprint(key) === pinned);
  const isLikely = (algorithm: string) => likely.some(({ type }) => type === typeOf(algorithm));
  const wrongTypes = new Set<string>();
  let presented: { key: Buffer; trust: HostKeyTrust } | null = null;
  return {
    get algorithms() {
      const possible = ALGORITHMS.filter((algorithm) => !wrongTypes.has(typeOf(algorithm)));
      return [...possible.filter(isLikely), ...possible.filter((algorithm) => !isLikely(algorithm))];
    },
    verify(key) {
      const trust = verifyHostKey(key, server, known, policy);
      if (trust instanceof Failure) {
        const isRevoked = known.revoked.some((entry) => entry.key.equals(key));
        if (pinned !== null && !isRevoked) wrongTypes.add(keyTypeOf(key));
        return trust;
      }
      if (trust === 'accepted' && presented?.key.equals(key) === false) {
        return mismatch(server, key, `but presented ${fingerprint(presented.key)} before`);
      }
      presented = { key: Buffer.from(key), trust };
      return null;
    },
    async confirm() {
      const { key, trust } = presented!;
      const other = trust === 'accepted' ? await record(known.name, keyTypeOf(key), key) : null;
      if (other !== null) throw mismatchWith(other, server, key);
      return trust;
    },
  };
}

/**
 * A server presents one of its host keys, but another one may be pinned: connects until it presents the pinned key or has
 * no key of another type. @throws Failure of the first key that it has presented
 */
export async function connectUntilPinnedKey<Connected>(
  verifier: Pick<HostKeyVerifier, 'algorithms'>,
  connect: () => Promise<Connected>
): Promise<Connected> {
  let mismatch: Failure | null = null;
  for (;;) {
    const offered = verifier.algorithms.length;
    try {
      return await connect();
    } catch (error) {
      const kind = error instanceof Failure ? error.kind : null;
      if (kind !== 'HostKeyMismatch' && (kind !== 'HostUnsuitable' || mismatch === null)) throw error;
      mismatch ??= error as Failure;
      const left = verifier.algorithms.length;
      if (left === 0 || left === offered) throw mismatch;
    }
  }
}

function typeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;
}
