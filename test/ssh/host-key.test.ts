import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkHostKey, fingerprint, knownHostsReader } from '../../src/ssh/host-key.ts';
import { parseKnownHosts } from '../../src/ssh/known-hosts.ts';

// Real keys, with the fingerprints that ssh-keygen -l shows.
const first = 'AAAAC3NzaC1lZDI1NTE5AAAAIAZlAwe5xAJnsHFeLMAizmGwW/DrzqLSKRjVtEMpqWIA';
const second = 'AAAAC3NzaC1lZDI1NTE5AAAAIKo8MRAi0EIhN5Dg3WZKkyAtEnJVIt8Wjq5E3dWUYQ1L';
const rsa = 'AAAAB3NzaC1yc2EAAAADAQABAAAAQQ==';

function check(text: string, port = 22) {
  return checkHostKey({ host: 'web-7', port }, parseKnownHosts(text, 'known_hosts'), ['known_hosts']);
}
const objection = (text: string, key: string) => check(text).objection(Buffer.from(key, 'base64'));

describe('a host key', () => {
  test('that known_hosts holds is trusted', () => {
    expect(objection(`web-7 ssh-ed25519 ${first}`, first)).toBeNull();
  });

  test('is trusted if any of several entries holds it', () => {
    expect(objection(`web-7 ssh-ed25519 ${second}\nweb-7 ssh-ed25519 ${first}`, first)).toBeNull();
  });

  test('other than the known one is a mismatch that names both fingerprints, file and line', () => {
    const failure = objection(`# keys\nweb-7 ssh-ed25519 ${second}`, first);
    expect(failure?.kind).toBe('HostKeyMismatch');
    const [shown, expected] = [first, second].map((key) => fingerprint(Buffer.from(key, 'base64')));
    expect(failure?.message).toBe(
      `web-7:22 shows the host key ssh-ed25519 ${shown}, but known_hosts line 2 expects ${expected}`
    );
  });

  test('that is revoked is a mismatch, even where another line trusts it', () => {
    const failure = objection(`web-7 ssh-ed25519 ${first}\n@revoked * ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({ kind: 'HostKeyMismatch', message: expect.stringContaining('line 2 revokes') });
  });

  test('of a server without an entry is unknown', () => {
    const failure = objection(`web-8 ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({ kind: 'HostKeyUnknown', message: expect.stringMatching(/not in known_hosts$/) });
  });

  test('of another type than the known ones is unknown, and the known one is named', () => {
    const failure = objection(`web-7 ssh-rsa ${rsa}`, first);
    expect(failure).toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringContaining('known_hosts line 1 knows another key of it, ssh-rsa'),
    });
  });

  test('is not trusted because of a certificate authority, and that is said', () => {
    const failure = objection(`@cert-authority * ssh-ed25519 ${first}`, first);
    expect(failure).toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringContaining('certificate authority, which is not supported'),
    });
  });

  test.each([
    Buffer.alloc(0),
    Buffer.from([0, 0, 0]),
    Buffer.from('ffffffff00', 'hex'),
    Buffer.from('\0\0\0\x02\u001b['),
  ])('made of nonsense (%s) is refused', (key) => {
    expect(check(`web-7 ssh-ed25519 ${first}`).objection(key)?.kind).toBe('HostKeyUnknown');
  });
});

describe('the algorithms that are offered', () => {
  test('begin with those of the known keys: OpenSSH shows the first that it has', () => {
    expect(check(`web-7 ssh-rsa ${rsa}`).algorithms.slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
  });

  test('never sign with SHA-1', () => {
    expect(check(`web-7 ssh-rsa ${rsa}`).algorithms).not.toContain('ssh-rsa');
  });
});

describe('known_hosts files', () => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(path.join(tmpdir(), 'fleetmark-known-hosts-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  test('are read one after the other; one that does not exist has no entries', async () => {
    const files = ['a', 'absent', 'b'].map((name) => path.join(dir, name));
    writeFileSync(files[0]!, `web-7 ssh-ed25519 ${first}\n`);
    writeFileSync(files[2]!, `web-7 ssh-ed25519 ${second}\n`);
    expect((await knownHostsReader()(files)).map(({ file }) => file)).toEqual([files[0], files[2]]);
  });

  test('are read again when they change', async () => {
    const file = path.join(dir, 'changing');
    const read = knownHostsReader();
    writeFileSync(file, '');
    expect(await read([file])).toEqual([]);
    writeFileSync(file, `web-7 ssh-ed25519 ${first}\n`);
    expect(await read([file])).toHaveLength(1);
  });

  test('that cannot be read let nobody in', async () => {
    await expect(knownHostsReader()([dir])).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `the known_hosts file ${dir} is a folder`,
    });
  });
});
