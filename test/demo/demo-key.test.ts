import { writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, test, vi } from 'vitest';
import { makeKey } from '../../src/demo/demo-key.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a malformed key pair, which ssh2 generates occasionally, is replaced', () => {
  const real = ssh2.utils.generateKeyPairSync('ed25519');
  const generate = vi.spyOn(ssh2.utils, 'generateKeyPairSync');
  const malformed = { ...real, private: real.private.replace(/\n.{40}/, '\n') };
  generate.mockReturnValueOnce(malformed).mockReturnValueOnce({ ...real, public: 'ssh-ed25519 AAAA' });
  try {
    const { private: secret, public: open } = makeKey();
    for (const key of [secret, open]) expect(ssh2.utils.parseKey(key)).not.toBeInstanceOf(Error);
    expect(generate).toHaveBeenCalledTimes(3);
  } finally {
    generate.mockRestore();
  }
});

test('OpenSSH reads the pair', () => {
  const folder = temporaryFolder('key');
  const pair = makeKey('demo');
  writeFileSync(join(folder, 'key'), pair.private, { mode: 0o600 });
  const open = execFileSync('ssh-keygen', ['-y', '-f', join(folder, 'key')], { encoding: 'utf8' });
  expect(open.split(' ').slice(0, 2)).toEqual(pair.public.split(' ').slice(0, 2));
});
