import type { FailureKind } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { TriedKeys } from '../keys/tried-keys.ts';

export interface LoginAnswers {
  /** The methods that it still accepts; null: it has refused nothing. */
  methodsLeft: readonly string[] | null;
  /** Whether it accepted a key, and requires another factor. */
  isPartial: boolean;
  /** The signature algorithms that it accepts (`server-sig-algs` of RFC 8308); null: not announced. */
  signatureAlgorithms: readonly string[] | null;
}

export interface LoginAttempt extends LoginAnswers, TriedKeys {
  user: string;
  /** Shown before every login; empty: none. */
  banner: string;
}

/**
 * Why the login failed. Only a refused key is `AuthenticationFailed`: not a key that needs a second factor, nor one that the
 * server did not check.
 * @param said - the reason that the server gives
 */
export function loginRefusal(attempt: LoginAttempt, said: string | null): { kind: FailureKind; why: string } {
  const { methodsLeft, isPartial, signatureAlgorithms, keyTypes, user } = attempt;
  const banner = attempt.banner === '' ? '' : `; its banner: "${printable(attempt.banner, 120)}"`;
  const left = printable((methodsLeft ?? []).join(' or '), 100);
  if (isPartial) {
    const wanted = methodsLeft?.includes('publickey') ? 'another key' : left;
    const why = `it accepted the key and requires another factor (${wanted}), which fleetmark cannot provide`;
    return { kind: 'SecondFactorRequired', why };
  }
  const tried = `as ${user} with ${attempt.credentials}`;
  if (said === null && acceptsNoKeys(attempt)) {
    return { kind: 'HostUnsuitable', why: `it accepts no keys from ${user}, only ${left}: allow PubkeyAuthentication` };
  }
  const types = [...new Set(keyTypes)];
  if (said === null && signatureAlgorithms !== null && !types.some((type) => isAccepted(type, signatureAlgorithms))) {
    const accepted = printable(signatureAlgorithms.slice(0, 8).join(', '), 200);
    const why = `it accepts no signatures of ${types.join(' and ')} keys, only ${accepted}: use a key of such a type`;
    return { kind: 'HostUnsuitable', why };
  }
  const [keys, ofTypes] = keyTypes.length > 1 ? ['these keys', 'these types'] : ['this key', 'this type'];
  const why = said ?? `it refused this user, ${keys} or all keys of ${ofTypes} (${types.join(', ')})`;
  const notTried = attempt.notTried === '' ? '' : `; not tried: ${attempt.notTried}`;
  return { kind: 'AuthenticationFailed', why: `${tried}: ${why}${notTried}${banner}` };
}

/** It said so when it refused a key. */
export function acceptsNoKeys({ methodsLeft }: Pick<LoginAnswers, 'methodsLeft'>): boolean {
  return methodsLeft !== null && methodsLeft.length > 0 && !methodsLeft.includes('publickey');
}

/** OpenSSH 7.4 lists only `ssh-rsa` for RSA keys, but accepts SHA-2. */
function isAccepted(keyType: string, algorithms: readonly string[]): boolean {
  const signatures = keyType === 'ssh-rsa' ? ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'] : [keyType];
  return signatures.some((signature) => algorithms.includes(signature));
}
