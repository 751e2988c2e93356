import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { problemOf, whyNotWritable, writeWholeFile } from '../../src/source/whole-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeEach(() => (folder = temporaryFolder('whole-file')));
const file = (name: string): string => join(folder, name);

const problem = (path: string): Promise<string> => writeWholeFile(path, 'new').then(() => 'it was written', problemOf);

test('a new file gets the text, and nothing else is left in the folder', async () => {
  expect(await whyNotWritable(file('a.csv'))).toBe(null);
  expect(readdirSync(folder)).toEqual([]);
  await writeWholeFile(file('a.csv'), 'new');
  expect(readFileSync(file('a.csv'), 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['a.csv']);
});

test('an existing file is replaced as a whole, keeps its mode, and a link to it stays a link', async () => {
  writeFileSync(file('a.csv'), 'a much longer old text');
  chmodSync(file('a.csv'), 0o640);
  symlinkSync('a.csv', file('link.csv'));
  const { ino } = statSync(file('a.csv'));
  expect(await whyNotWritable(file('link.csv'))).toBe(null);
  expect(readFileSync(file('a.csv'), 'utf8')).toBe('a much longer old text');
  await writeWholeFile(file('link.csv'), 'new');
  expect(readFileSync(file('a.csv'), 'utf8')).toBe('new');
  expect(statSync(file('a.csv')).mode & 0o777).toBe(0o640);
  expect(statSync(file('a.csv')).ino).not.toBe(ino);
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'link.csv']);
});

test('a shared file keeps what others wrote', async () => {
  writeFileSync(file('summary.md'), '# of another program\n');
  expect(await whyNotWritable(file('summary.md'), true)).toBe(null);
  await writeWholeFile(file('summary.md'), 'ours\n', true);
  expect(readFileSync(file('summary.md'), 'utf8')).toBe('# of another program\nours\n');
  expect(await whyNotWritable(file('new.md'), true)).toBe(null);
  expect(existsSync(file('new.md'))).toBe(false);
});

test('devices and pipes are written into', async () => {
  expect(await whyNotWritable('/dev/null')).toBe(null);
  await writeWholeFile('/dev/null', 'new');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  execFileSync('mkfifo', [file('pipe')]);
  expect(await whyNotWritable(file('pipe'))).toBe(null);
  const reader = spawn('cat', [file('pipe')], { stdio: ['ignore', 'pipe', 'ignore'] });
  let read = '';
  reader.stdout.setEncoding('utf8').on('data', (text: string) => (read += text));
  await writeWholeFile(file('pipe'), 'new');
  await once(reader, 'close');
  expect(read).toBe('new');
});

describe('what cannot be written is told before, as after', () => {
  test.each([
    ['a folder', 'is a folder, not a file', () => mkdirSync(file('x'))],
    ['a broken link', 'it is a broken link', () => symlinkSync('missing', file('x'))],
    ['a link to itself', /ELOOP/, () => symlinkSync('x', file('x'))],
  ])('%s', async (_, why, make) => {
    make();
    expect(await whyNotWritable(file('x'))).toMatch(why);
    expect(await problem(file('x'))).toMatch(why);
  });

  test.each([
    ['a missing folder', 'missing/a.csv', 'there is no such file or folder'],
    ['a file as a folder', 'plain/a.csv', 'there is no such folder'],
    ['a name that is too long', 'x'.repeat(300), /ENAMETOOLONG/],
    ['a file of the kernel', '/proc/version', /permission denied|no such file/],
    ['a new file of the kernel', '/proc/fleetmark.csv', /permission denied|no such file/],
  ])('%s', async (_, name, why) => {
    writeFileSync(file('plain'), '');
    const path = name.startsWith('/') ? name : file(name);
    expect(await whyNotWritable(path)).toMatch(why);
    expect(await problem(path)).toMatch(why);
  });

  test('a shared file in a missing folder', async () => {
    expect(await whyNotWritable(file('missing/summary.md'), true)).toBe('there is no such file or folder');
  });
});

test('a full disk leaves the old file as it was', async () => {
  expect(await problem('/dev/full')).toBe('no space left');
});
