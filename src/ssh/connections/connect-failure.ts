import type { FailureKind } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { AlgorithmLists } from './ssh2-debug-lines.ts';
import { acceptsNoKeys, loginRefusal, type LoginAttempt } from './login-refusal.ts';
import { Sha1Refused } from '../keys/sha1-refused.ts';

/** Errors of ssh2 and node:net. */
interface SocketError extends Error {
  code?: string | number;
  level?: string;
  errors?: Error[];
}

/** The step in which connecting failed. */
export type Phase = 'TCP connection' | 'SSH banner' | 'key exchange' | 'signature from the ssh-agent' | 'login';

export interface FailedAttempt extends LoginAttempt {
  phase: Phase;
  /** The first error; null: the connection closed without an error. */
  error: Error | null;
  /** Why a key that the server accepts could not sign, for example the answer of the ssh-agent. */
  signingError: Error | null;
  limitMs: number;
  /** For messages: what the server sent instead of SSH; empty: nothing. */
  said: string;
  algorithms: AlgorithmLists;
}

/** Why connecting failed. Only `ServerUnreachable` is retried: repeating a refused key could lock us out. */
export function connectFailure(attempt: FailedAttempt): { kind: FailureKind; why: string } {
  const error: SocketError | null = attempt.error;
  const { signingError, phase, limitMs } = attempt;
  if (signingError instanceof Sha1Refused) {
    return { kind: 'HostUnsuitable', why: new Sha1Refused().message };
  }
  if (error?.level === 'client-timeout') {
    const why = `${attempt.said === '' ? '' : `${attempt.said}; `}no ${phase} within ${limitMs / 1000} s`;
    if (phase === 'signature from the ssh-agent') return { kind: 'InvalidConfig', why };
    return { kind: 'ServerUnreachable', why: `${why} (ssh.connectTimeout)` };
  }
  if (error?.level === 'handshake' && /no matching/i.test(error.message)) {
    return { kind: 'HostUnsuitable', why: attempt.algorithms.mismatch };
  }
  const isTooManyKeys = /authentication failures/i.test(error?.message ?? '');
  if (attempt.isPartial || acceptsNoKeys(attempt) || error?.level === 'client-authentication' || isTooManyKeys) {
    if (signingError !== null && !attempt.isPartial)
      return { kind: 'InvalidConfig', why: `the ssh-agent did not sign: ${describe(signingError)}` };
    return loginRefusal(attempt, isTooManyKeys ? describe(error!) : null);
  }
  return { kind: 'ServerUnreachable', why: unreachable(attempt, error) };
}

function unreachable({ phase, said }: FailedAttempt, error: SocketError | null): string {
  const isClosed = error === null || error.message === CLOSED_BEFORE_HANDSHAKE;
  if (phase === 'SSH banner' && said !== '') {
    return isClosed ? `${said}; then it closed the connection` : said;
  }
  if (!isClosed) return describe(error);
  if (phase === 'SSH banner') return 'it closed the connection without sending anything';
  return `it closed the connection during the ${phase}`;
}

/** The message of ssh2. */
const CLOSED_BEFORE_HANDSHAKE = 'Connection lost before handshake';

/** The server closed the connection before it identified itself, as sshd does with too many (`MaxStartups`). */
export function wasClosedUnheard(cause: unknown): boolean {
  const { code, message } = (cause ?? {}) as Partial<SocketError>;
  return code === 'ECONNRESET' || message === CLOSED_BEFORE_HANDSHAKE;
}

export const CLOSED_BY_RESET = 'connection reset';

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: CLOSED_BY_RESET,
  EPIPE: CLOSED_BY_RESET,
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
};

/** One line about an error of the connection. Untrusted: a server chooses the text of its disconnect. */
export function describe(error: SocketError): string {
  const all = error.errors ?? [error]; // one for each address that was tried
  const texts = all.map((one: SocketError) => words[one.code ?? ''] ?? one.message);
  return printable([...new Set(texts)].join(', '), 200);
}
