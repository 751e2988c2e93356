import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readExactText, replaceTextFile } from '../../src/source/replace-text-file.ts';
import { folderWith } from '../support/temporary-folder.ts';

test('a byte order mark and all line breaks are kept', async () => {
  const text = '\ufeffa: 1\r\n\n';
  const folder = folderWith({ f: text });
  expect(await readExactText(`${folder}/f`)).toBe(text);
  await replaceTextFile(`${folder}/f`, text, `${text}b`);
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe(`${text}b`);
});

test('a concurrent reader sees the complete old file or the complete new file', async () => {
  const folder = folderWith({ f: 'old' });
  linkSync(`${folder}/f`, `${folder}/reader`);
  await replaceTextFile(`${folder}/f`, 'old', 'new');
  expect(readFileSync(`${folder}/reader`, 'utf8')).toBe('old');
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['f', 'reader']);
});

test.each([
  ['a file that has changed', 'newer', 'f', 'older', 'was changed by another program'],
  ['a file that has been created', 'made', 'f', null, 'was changed by another program'],
  ['a file that has been deleted', '', 'gone', 'older', 'cannot be written: there is no such file or folder'],
  ['a folder', '', 'folder', 'older', 'is not a regular file'],
  ['a file in a missing folder', '', 'nowhere/f', null, 'cannot be written: there is no such file or folder'],
  ['a broken link', '', 'link', null, 'is a broken link'],
])('%s is not changed', async (_, content, name, before, why) => {
  const folder = folderWith({ f: content });
  mkdirSync(`${folder}/folder`);
  symlinkSync('nothing', `${folder}/link`);
  await expect(replaceTextFile(`${folder}/${name}`, before, 'new')).rejects.toThrow(why);
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe(content);
  expect(readdirSync(folder).sort()).toEqual(['f', 'folder', 'link']);
});

test('a new file has the mode of the umask', async () => {
  const folder = folderWith({});
  await replaceTextFile(`${folder}/f`, null, 'new');
  writeFileSync(`${folder}/other`, '');
  expect(statSync(`${folder}/f`).mode).toBe(statSync(`${folder}/other`).mode);
});
