import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failures/failure.ts';
import { fileProblem, whyUnreadable } from '../../src/source/file-errors.ts';
import { keyFileReader } from '../../src/ssh/keys/key-file.ts';
import { withPassphrase } from '../../src/ssh/keys/passphrase.ts';
import { knownHostsReader } from '../../src/ssh/host-keys/known-hosts-files.ts';
import { readTextFile } from '../../src/source/text-file.ts';
import { folderWith } from '../support/temporary-folder.ts';

const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error
  );

test.each([
  ['absent', 'does not exist'],
  ['file/below', 'does not exist'],
  ['', 'is a folder, not a file'],
  ['x'.repeat(300), 'has a name that is too long'],
  ['a\0b', /^cannot be read: .*null bytes/],
])('the unreadable file %j has the reason %s', async (name, reason) => {
  const folder = folderWith({ file: '' });
  expect(whyUnreadable(await errorOf(readFile(join(folder, name))))).toMatch(reason);
});

test('an error of the system does not repeat the path, and our own message is unchanged', async () => {
  const loop = join(folderWith({}), 'loop');
  await symlink('loop', loop);
  expect(fileProblem(await errorOf(writeFile(loop, 'x')))).toBe('ELOOP: too many symbolic links encountered');
  expect(whyUnreadable(new Failure('InvalidConfig', '/x gives no answer'))).toBe('cannot be read: /x gives no answer');
  expect(fileProblem(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('permission denied');
});

test('unreadable text files, key files, passphrases and known_hosts files have the same messages', async () => {
  const folder = folderWith({ file: '' });
  const below = join(folder, 'file/below');
  expect(await readTextFile(below)).toMatchObject({ unreadable: 'does not exist' });
  expect(await errorOf(keyFileReader()(below))).toMatchObject({ message: `the key file ${below} does not exist` });
  const ofPassphrase = await errorOf(withPassphrase({ file: below }, String));
  expect(ofPassphrase).toMatchObject({ message: `the passphrase file ${below} does not exist` });
  const ofKnownHosts = await errorOf(knownHostsReader()([folder]));
  expect(ofKnownHosts).toMatchObject({ message: `the known_hosts file ${folder} is a folder, not a file` });
});
