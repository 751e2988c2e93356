import type { FailureKind } from '../domain/failure.ts';
import { printable } from '../domain/untrusted.ts';
import { Sha1Refused } from './sha1-refused.ts';

/** What ssh2 and node:net put on their errors. */
interface SocketError extends Error {
  code?: string | number;
  level?: string;
  errors?: Error[];
}

/**
 * What an error of the connection means before it was ready. Null: it was closed without one, as a server does that has
 * too many connections. Only `ServerUnreachable` is worth another try: repeating a refused key locks the worker out.
 */
export function connectFailureKind(error: SocketError | null): FailureKind {
  if (error instanceof Sha1Refused) return 'HostUnsuitable';
  if (error?.level === 'client-authentication') return 'AuthenticationFailed';
  if (error && /authentication failures/i.test(error.message)) return 'AuthenticationFailed';
  if (error?.level === 'handshake' && /no matching/i.test(error.message)) return 'HostUnsuitable';
  return 'ServerUnreachable';
}

/** It went away before it said a word, as an sshd does that has too many connections (`MaxStartups`). */
export function wasClosedUnheard(cause: unknown): boolean {
  const { code, message } = (cause ?? {}) as Partial<SocketError>;
  return code === 'ECONNRESET' || message === 'Connection lost before handshake';
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'its name is not known to the DNS',
  EAI_AGAIN: 'the DNS does not answer',
};

/** What an old server may have in place of what both sides need. */
const withSha1: readonly [RegExp, string][] = [
  [/no matching host key format/, 'ssh-rsa'],
  [/no matching key exchange/, 'diffie-hellman-group14-sha1'],
  [/no matching .+ MAC/, 'hmac-sha1'],
];

/** An error of the connection in words, one line. Untrusted: a server chooses the text of its disconnect. */
export function describe(error: SocketError): string {
  const all = error.errors ?? [error]; // one for each address that was tried
  const texts = all.map((one: SocketError) => words[one.code ?? ''] ?? explained(one));
  return printable([...new Set(texts)].join(', '), 200);
}

function explained({ level, message }: SocketError): string {
  // Of ssh2: it would have the reader look for methods, and the server says no more than this.
  if (level === 'client-authentication' && message.startsWith('All configured')) return 'it refused this user or key';
  const [, old] = (level === 'handshake' && withSha1.find(([pattern]) => pattern.test(message))) || [];
  return old === undefined ? message : `${message} (${old} and all else with SHA-1 is off)`;
}
