import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hop, SshSettings } from '../../../src/domain/servers/server.ts';
import { hostKeyVerifier } from '../../../src/ssh/host-keys/host-key-verifier.ts';
import { fingerprint } from '../../../src/ssh/host-keys/verify-host-key.ts';
import { indexKnownHosts, parseKnownHosts } from '../../../src/ssh/host-keys/known-hosts.ts';
import { knownHostsReader } from '../../../src/ssh/host-keys/known-hosts-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Real keys, with the fingerprints that ssh-keygen -l shows.
const first = 'AAAAC3NzaC1lZDI1NTE5AAAAIAZlAwe5xAJnsHFeLMAizmGwW/DrzqLSKRjVtEMpqWIA';
const second = 'AAAAC3NzaC1lZDI1NTE5AAAAIKo8MRAi0EIhN5Dg3WZKkyAtEnJVIt8Wjq5E3dWUYQ1L';
const rsa = 'AAAAB3NzaC1yc2EAAAADAQABAAAAQQ==';

function verifierOf(text: string, place: Partial<Hop> = {}, hostKeys: SshSettings['hostKeys'] = 'strict') {
  return hostKeyVerifier(
    { host: 'web-7', port: 22, hostKey: null, hostKeyAlias: null, ...place },
    indexKnownHosts(parseKnownHosts(text, 'known_hosts')),
    { knownHostsFiles: ['known_hosts'], hostKeys },
    async () => null
  );
}
const objection = (text: string, key: string, place: Partial<Hop> = {}) =>
  verifierOf(text, place).verify(Buffer.from(key, 'base64'));

describe('a host key', () => {
  test('in known_hosts is trusted', () => {
    expect(objection(`web-7 ssh-ed25519 ${first}`, first)).toBeNull();
  });

  test('is trusted if any of several entries has it', () => {
    expect(objection(`web-7 ssh-ed25519 ${second}\nweb-7 ssh-ed25519 ${first}`, first)).toBeNull();
  });

  test('that differs from the known one is a mismatch that names both fingerprints, file and line', () => {
    const failure = objection(`# keys\nweb-7 ssh-ed25519 ${second}`, first);
    expect(failure?.kind).toBe('HostKeyMismatch');
    const [shown, expected] = [first, second].map((key) => fingerprint(Buffer.from(key, 'base64')));
    expect(failure?.message).toBe(
      `web-7:22 presents the host key ssh-ed25519 ${shown}, but known_hosts line 2 expects ${expected}`
    );
  });

  test('that is revoked is a mismatch, even if another line trusts it', () => {
    const failure = objection(`web-7 ssh-ed25519 ${first}\n@revoked * ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({ kind: 'HostKeyMismatch', message: expect.stringContaining('line 2 revokes') });
  });

  test('of a server without an entry is unknown', () => {
    const failure = objection(`web-8 ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({ kind: 'HostKeyUnknown', message: expect.stringMatching(/not in known_hosts$/) });
  });

  test('of another type than the known keys is unknown, and the message names the known key', () => {
    const failure = objection(`web-7 ssh-rsa ${rsa}`, first);
    expect(failure).toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringContaining('known_hosts line 1 has another key of this server, ssh-rsa'),
    });
  });

  test('is not trusted because of a certificate authority, and the message says so', () => {
    const failure = objection(`@cert-authority * ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringContaining('certificate authority, which is not supported'),
    });
  });

  test('is explained by each unhelpful line once, even on another port, and by at most three lines', () => {
    const authority = `@cert-authority * ssh-ed25519 ${first}\n`;
    const messageOf = (text: string) => objection(text, second, { port: 2222 })!.message;
    expect(messageOf(authority).match(/line 1 names a certificate authority/g)).toHaveLength(1);
    expect(messageOf(authority)).toMatch(/add the key of the server itself\)$/);
    expect(messageOf(authority.repeat(50)).match(/certificate authority/g)).toHaveLength(3);
    expect(messageOf(authority.repeat(50))).toContain('; and 47 more lines)');
  });

  test.each([
    Buffer.alloc(0),
    Buffer.from([0, 0, 0]),
    Buffer.from('ffffffff00', 'hex'),
    Buffer.from('\0\0\0\x02\u001b['),
  ])('with malformed content (%s) is refused', (key) => {
    expect(verifierOf(`web-7 ssh-ed25519 ${first}`).verify(key)?.kind).toBe('HostKeyUnknown');
  });
});

/** How a key is trusted, or the kind of the failure. */
async function verdict(key: string, ...args: Parameters<typeof verifierOf>): Promise<string> {
  const verifier = verifierOf(...args);
  return verifier.verify(Buffer.from(key, 'base64'))?.kind ?? verifier.confirm();
}
const sha256 = (key: string) => fingerprint(Buffer.from(key, 'base64'));

describe('a server on a non-default port', () => {
  const place = { port: 2222 };

  test.each([
    ['its key is known with the port', `[web-7]:2222 ssh-ed25519 ${first}`, 'known_hosts'],
    ['its key is known without the port, as in ssh', `web-7 ssh-ed25519 ${first}`, 'known_hosts'],
    ['another key is known without the port', `web-7 ssh-ed25519 ${second}`, 'HostKeyUnknown'],
    [
      'another key is known with the port',
      `[web-7]:2222 ssh-ed25519 ${second}\nweb-7 ssh-ed25519 ${first}`,
      'HostKeyMismatch',
    ],
    [
      'its key is revoked without the port',
      `[web-7]:2222 ssh-ed25519 ${first}\n@revoked web-7 ssh-ed25519 ${first}`,
      'HostKeyMismatch',
    ],
  ])('is verified correctly if %s', async (_, text, expected) => {
    expect(await verdict(first, text, place)).toBe(expected);
  });
});

describe('a server with an IPv6 address', () => {
  test.each([
    [{ host: '::1', port: 2299 }, '[::1]:2299', '[::1]:2299'],
    [{ host: 'fe80::1%eth0', port: 22 }, 'fe80::1%eth0', '[fe80::1%eth0]:22'],
  ])('%j is found in known_hosts as %s and called %s in messages', async (place, known, called) => {
    expect(await verdict(first, `${known} ssh-ed25519 ${first}`, place)).toBe('known_hosts');
    const failure = verifierOf('', place).verify(Buffer.from(first, 'base64'));
    expect(failure?.message.startsWith(`${called} presents the host key`)).toBe(true);
  });
});

describe('a server with an alias', () => {
  const place = { port: 2222, hostKeyAlias: 'Web-Alias' };

  test('is looked up by its alias, without a port', async () => {
    expect(await verdict(first, `web-alias ssh-ed25519 ${first}`, place)).toBe('known_hosts');
  });

  test('is not looked up by its host and port', async () => {
    const text = `web-7,[web-7]:2222,[web-alias]:2222 ssh-ed25519 ${first}`;
    expect(await verdict(first, text, place)).toBe('HostKeyUnknown');
  });
});

describe('a pinned host key', () => {
  const place = { hostKey: sha256(first) };

  test('is trusted, regardless of known_hosts', async () => {
    expect(await verdict(first, '', place)).toBe('pinned');
    expect(await verdict(first, `web-7 ssh-ed25519 ${second}`, place)).toBe('pinned');
  });

  test('makes every other key a mismatch, even one in known_hosts', async () => {
    for (const policy of ['strict', 'accept-new'] as const) {
      expect(await verdict(second, `web-7 ssh-ed25519 ${second}`, place, policy)).toBe('HostKeyMismatch');
      expect(await verdict(second, '', place, policy)).toBe('HostKeyMismatch');
    }
    const message = verifierOf('', place).verify(Buffer.from(second, 'base64'))?.message;
    expect(message).toContain(
      `presents the host key ssh-ed25519 ${sha256(second)}, but the inventory pins ${sha256(first)}`
    );
  });

  test('is refused if it is revoked', async () => {
    expect(await verdict(first, `@revoked * ssh-ed25519 ${first}`, place)).toBe('HostKeyMismatch');
  });

  test('is requested first if known_hosts has its type', () => {
    const text = `web-7 ssh-rsa ${rsa}\nweb-7 ssh-ed25519 ${first}`;
    expect(verifierOf(text, { hostKey: sha256(rsa) }).algorithms[0]).toBe('rsa-sha2-512');
  });
});

describe('accept-new', () => {
  test.each([
    ['nothing is known', '', 'accepted'],
    ['its key is known', `web-7 ssh-ed25519 ${first}`, 'known_hosts'],
    ['another key is known', `web-7 ssh-ed25519 ${second}`, 'HostKeyMismatch'],
    ['a key of another type is known', `web-7 ssh-rsa ${rsa}`, 'HostKeyUnknown'],
    ['its key is revoked', `@revoked web-* ssh-ed25519 ${first}`, 'HostKeyMismatch'],
    ['another key is revoked', `@revoked * ssh-ed25519 ${second}`, 'accepted'],
    ['only a certificate authority is known, which ssh tries first', `@cert-authority * ssh-rsa ${rsa}`, 'accepted'],
  ])('verifies correctly if %s', async (_, text, expected) => {
    expect(await verdict(first, text, {}, 'accept-new')).toBe(expected);
  });

  test('accepts one key per connection', () => {
    const { verify } = verifierOf('', {}, 'accept-new');
    expect([first, first].map((key) => verify(Buffer.from(key, 'base64')))).toEqual([null, null]);
    expect(verify(Buffer.from(second, 'base64'))?.kind).toBe('HostKeyMismatch');
  });
});

describe('the offered algorithms', () => {
  test('start with those of the known keys, since OpenSSH presents the first one that it has', () => {
    expect(verifierOf(`web-7 ssh-rsa ${rsa}`).algorithms.slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
  });

  test('never include SHA-1 signatures', () => {
    expect(verifierOf(`web-7 ssh-rsa ${rsa}`).algorithms).not.toContain('ssh-rsa');
  });
});

describe('known_hosts files', () => {
  let dir: string;
  beforeAll(() => (dir = temporaryFolder('known-hosts')));

  test('are read in order, and a missing one has no entries', async () => {
    const files = ['a', 'absent', 'b'].map((name) => path.join(dir, name));
    writeFileSync(files[0]!, `web-7 ssh-ed25519 ${first}\n`);
    writeFileSync(files[2]!, `web-7 ssh-ed25519 ${second}\n`);
    expect((await knownHostsReader()(files)).find('web-7').map(({ file }) => file)).toEqual([files[0], files[2]]);
  });

  test('are read again when they change', async () => {
    const file = path.join(dir, 'changing');
    const read = knownHostsReader();
    writeFileSync(file, '');
    expect((await read([file])).find('web-7')).toEqual([]);
    writeFileSync(file, `web-7 ssh-ed25519 ${first}\n`);
    expect((await read([file])).find('web-7')).toHaveLength(1);
  });

  test('that are unreadable let no server connect', async () => {
    await expect(knownHostsReader()([dir])).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `the known_hosts file ${dir} is a folder, not a file`,
    });
  });
});
