import type { FailureKind } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { LoginAnswers } from './login-answers.ts';

export interface LoginAttempt extends LoginAnswers {
  user: string;
  /** What we log in with. */
  credentials: string;
  keyTypes: readonly string[];
  /** What the server shows to all who log in; empty: nothing. */
  banner: string;
}

/**
 * Why a server did not let us in. Only a key that it refused is `AuthenticationFailed`: not one that it accepted and
 * that is not enough, nor one that it would not look at.
 * @param said - the server's own words for it
 */
export function loginRefusal(attempt: LoginAttempt, said: string | null): { kind: FailureKind; why: string } {
  const { methodsLeft, isPartial, signatureAlgorithms, keyTypes, user } = attempt;
  const banner = attempt.banner === '' ? '' : `; its banner: "${printable(attempt.banner, 120)}"`;
  const left = printable((methodsLeft ?? []).join(' or '), 100);
  if (isPartial) {
    const wanted = methodsLeft?.includes('publickey') ? 'another key' : left;
    const why = `it accepted the key and wants another factor (${wanted}), which fleetmark cannot give`;
    return { kind: 'SecondFactorRequired', why };
  }
  const tried = `as ${user} with ${attempt.credentials}`;
  if (said === null && methodsLeft !== null && methodsLeft.length > 0 && !methodsLeft.includes('publickey')) {
    return { kind: 'HostUnsuitable', why: `it takes no keys from ${user}, only ${left}: allow PubkeyAuthentication` };
  }
  const types = [...new Set(keyTypes)];
  if (said === null && signatureAlgorithms !== null && !types.some((type) => isTaken(type, signatureAlgorithms))) {
    const taken = printable(signatureAlgorithms.slice(0, 8).join(', '), 200);
    const why = `it takes no signatures of ${types.join(' and ')} keys, only ${taken}: use a key of such a type`;
    return { kind: 'HostUnsuitable', why };
  }
  const why = said ?? `it refused this user, this key or all keys of this type (${types.join(', ')})`;
  return { kind: 'AuthenticationFailed', why: `${tried}: ${why}${banner}` };
}

/** Of RSA keys OpenSSH 7.4 names `ssh-rsa` alone, and takes SHA-2. */
function isTaken(keyType: string, algorithms: readonly string[]): boolean {
  const signatures = keyType === 'ssh-rsa' ? ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'] : [keyType];
  return signatures.some((signature) => algorithms.includes(signature));
}
