import { describe as group, expect, test } from 'vitest';
import { AlgorithmLists } from '../../../src/ssh/connections/ssh2-debug-lines.ts';
import { connectFailure, describe, type FailedAttempt } from '../../../src/ssh/connections/connect-failure.ts';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);

function attempt(more: Partial<FailedAttempt>): FailedAttempt {
  return {
    ...{ phase: 'login', error: null, signingError: null, limitMs: 10_000, said: '', banner: '' },
    ...{ algorithms: new AlgorithmLists(), methodsLeft: null, isPartial: false, signatureAlgorithms: null },
    ...{ user: 'bench', credentials: '/key', keyTypes: ['ssh-ed25519'], notTried: '' },
    ...more,
  };
}

// Errors of ssh2 1.17.0 and node:net.
const seen: [string, ReturnType<typeof error> | null, string][] = [
  [
    'a closed port',
    error('connect ECONNREFUSED', { code: 'ECONNREFUSED', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  [
    'an unreachable host',
    error('connect EHOSTUNREACH', { code: 'EHOSTUNREACH', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  ['no answer', error('Timed out while waiting for handshake', { level: 'client-timeout' }), 'ServerUnreachable'],
  ['MaxStartups', error('Connection lost before handshake', { level: 'protocol' }), 'ServerUnreachable'],
  ['a close without an error', null, 'ServerUnreachable'],
  [
    'a wrong key',
    error('All configured authentication methods failed', { level: 'client-authentication' }),
    'AuthenticationFailed',
  ],
  ['too many keys', error('Too many authentication failures', { code: 2 }), 'AuthenticationFailed'],
  [
    'no common host key algorithm',
    error('Handshake failed: no matching host key format', { level: 'handshake' }),
    'HostUnsuitable',
  ],
];

group('the failure kind', () => {
  test.each(seen)('is correct for %s', (_what, cause, kind) =>
    expect(connectFailure(attempt({ error: cause })).kind).toBe(kind)
  );
});

group('an error message', () => {
  test('explains the error code', () => {
    expect(describe(error('connect ECONNREFUSED 10.0.0.1:22', { code: 'ECONNREFUSED' }))).toBe('connection refused');
  });

  test('names each cause once if several addresses were tried', () => {
    const refused = error('x', { code: 'ECONNREFUSED' });
    const absent = error('y', { code: 'ENETUNREACH' });
    expect(describe(new AggregateError([refused, absent, refused], ''))).toBe(
      'connection refused, no route to the network'
    );
  });

  test('contains no control characters from the server', () => {
    expect(describe(error('bye\u001b[2J\r\nnow'))).toBe('bye [2J now');
  });
});

group('a login that the server refused', () => {
  const refused = error('All configured authentication methods failed', { level: 'client-authentication' });
  const of = (more: Partial<FailedAttempt>) => connectFailure(attempt({ error: refused, ...more }));

  test('is reported with its possible reasons and the banner of the server', () => {
    expect(of({ methodsLeft: ['publickey'], banner: 'Maintenance until 6\n' })).toEqual({
      kind: 'AuthenticationFailed',
      why: 'as bench with /key: it refused this user, this key or all keys of this type (ssh-ed25519); its banner: "Maintenance until 6"',
    });
  });

  test.each([
    ['ssh-ed25519', ['ecdsa-sha2-nistp256', 'rsa-sha2-512'], 'HostUnsuitable'],
    ['ssh-rsa', ['ssh-ed25519'], 'HostUnsuitable'],
    ['ssh-ed25519', ['ssh-ed25519'], 'AuthenticationFailed'],
    ['ssh-rsa', ['rsa-sha2-512'], 'AuthenticationFailed'],
    ['ssh-rsa', ['ssh-rsa'], 'AuthenticationFailed'], // OpenSSH 7.4, which takes SHA-2 without saying so
  ])('with a key of type %s, if the server accepts only %s, is reported as %s', (type, signatureAlgorithms, kind) => {
    expect(of({ methodsLeft: ['publickey'], keyTypes: [type], signatureAlgorithms }).kind).toBe(kind);
  });

  test('is not AuthenticationFailed if the ssh-agent did not sign', () => {
    const signingError = error('agent refused operation', { level: 'agent' });
    expect(of({ methodsLeft: ['publickey'], signingError })).toEqual({
      kind: 'InvalidConfig',
      why: 'the ssh-agent did not sign: agent refused operation',
    });
  });
});
