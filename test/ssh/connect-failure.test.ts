import { describe as group, expect, test } from 'vitest';
import { connectFailureKind, describe } from '../../src/ssh/connect-failure.ts';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);

// As ssh2 1.17.0 and node:net give them.
const seen: [string, ReturnType<typeof error> | null, string][] = [
  [
    'a closed port',
    error('connect ECONNREFUSED', { code: 'ECONNREFUSED', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  [
    'an absent host',
    error('connect EHOSTUNREACH', { code: 'EHOSTUNREACH', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  [
    'an unknown name',
    error('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  [
    'a DNS that is away',
    error('getaddrinfo EAI_AGAIN', { code: 'EAI_AGAIN', level: 'client-socket' }),
    'ServerUnreachable',
  ],
  ['silence', error('Timed out while waiting for handshake', { level: 'client-timeout' }), 'ServerUnreachable'],
  ['MaxStartups', error('Connection lost before handshake', { level: 'protocol' }), 'ServerUnreachable'],
  ['a close without an error', null, 'ServerUnreachable'],
  [
    'a wrong key',
    error('All configured authentication methods failed', { level: 'client-authentication' }),
    'AuthenticationFailed',
  ],
  ['too many keys', error('Too many authentication failures', { code: 2 }), 'AuthenticationFailed'],
  ['old algorithms', error('Handshake failed: no matching host key format', { level: 'handshake' }), 'HostUnsuitable'],
];

group('the kind of failure', () => {
  test.each(seen)('of %s', (_what, cause, kind) => expect(connectFailureKind(cause)).toBe(kind));
});

group('an error in words', () => {
  test('says what a code means', () => {
    expect(describe(error('connect ECONNREFUSED 10.0.0.1:22', { code: 'ECONNREFUSED' }))).toBe('connection refused');
  });

  test('of a login that was refused it names what was refused', () => {
    const refused = error('All configured authentication methods failed', { level: 'client-authentication' });
    expect(describe(refused)).toBe('it refused this user or key');
  });

  test('names each cause once where several addresses were tried', () => {
    const refused = error('x', { code: 'ECONNREFUSED' });
    const absent = error('y', { code: 'ENETUNREACH' });
    expect(describe(new AggregateError([refused, absent, refused], ''))).toBe(
      'connection refused, no route to the network'
    );
  });

  test.each([
    ['host key format', 'ssh-rsa'],
    ['key exchange algorithm', 'diffie-hellman-group14-sha1'],
    ['C->S MAC', 'hmac-sha1'],
  ])('says that SHA-1 is off where there is no matching %s', (what, old) => {
    const failed = `Handshake failed: no matching ${what}`;
    expect(describe(error(failed, { level: 'handshake' }))).toBe(`${failed} (${old} and all else with SHA-1 is off)`);
    expect(describe(error(failed))).toBe(failed); // the words of a server
  });

  test('has no control characters of the server', () => {
    expect(describe(error('bye\u001b[2J\r\nnow'))).toBe('bye [2J now');
  });
});
