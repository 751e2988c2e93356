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
])('a file %j cannot be read, with the reason %s', async (name, reason) => {
  const folder = folderWith({ file: '' });
  expect(whyUnreadable(await errorOf(readFile(join(folder, name))))).toMatch(reason);
});

test('a rejection by the system has no path twice, and one of ours is told as it is', async () => {
  const loop = join(folderWith({}), 'loop');
  await symlink('loop', loop);
  expect(fileProblem(await errorOf(writeFile(loop, 'x')))).toBe('ELOOP: too many symbolic links encountered');
  expect(whyUnreadable(new Failure('InvalidConfig', '/x gives no answer'))).toBe('cannot be read: /x gives no answer');
  expect(fileProblem(Object.assign(new Error('x'), { code: 'EACCES' }))).toBe('permission denied');
});

test('text files, key files, passphrases and known_hosts files that are no files are told in the same words', async () => {
  const folder = folderWith({ file: '' });
  const below = join(folder, 'file/below');
  expect(await readTextFile(below)).toMatchObject({ unreadable: 'does not exist' });
  expect(await errorOf(keyFileReader()(below))).toMatchObject({ message: `the key file ${below} does not exist` });
  const ofPassphrase = await errorOf(withPassphrase({ file: below }, String));
  expect(ofPassphrase).toMatchObject({ message: `the passphrase file ${below} does not exist` });
  const ofKnownHosts = await errorOf(knownHostsReader()([folder]));
  expect(ofKnownHosts).toMatchObject({ message: `the known_hosts file ${folder} is a folder, not a file` });
});
