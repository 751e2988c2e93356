import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTextFile } from '../../src/source/text-file.ts';
import { folderWith } from '../support/temporary-folder.ts';

test('a pipe is refused, even without a writer', async () => {
  const pipe = join(folderWith({}), 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(await readTextFile(pipe)).toEqual({
    unreadable: 'is a pipe, not a file',
    missing: false,
    folder: false,
  });
});

test.each(['/dev/null', '/dev/zero', '/dev/tty'])('%s is read as empty', async (device) => {
  expect(await readTextFile(device)).toEqual({ text: '' });
});

test('a link to itself, a folder, and bytes that are not UTF-8 are refused', async () => {
  const folder = folderWith({ bytes: Uint8Array.of(0xff) });
  symlinkSync('loop', join(folder, 'loop'));
  expect(await readTextFile(join(folder, 'loop'))).toMatchObject({
    unreadable: 'cannot be read: ELOOP: too many symbolic links encountered',
  });
  expect(await readTextFile(folder)).toMatchObject({ unreadable: 'is a folder, not a file', folder: true });
  expect(await readTextFile(join(folder, 'bytes'))).toMatchObject({ unreadable: 'is not valid UTF-8' });
});
