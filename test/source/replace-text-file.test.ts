import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readExactText, replaceTextFile } from '../../src/source/replace-text-file.ts';
import { folderWith } from '../support/temporary-folder.ts';

test('a byte order mark and every line break are part of a text', async () => {
  const text = '\ufeffa: 1\r\n\n';
  const folder = folderWith({ f: text });
  expect(await readExactText(`${folder}/f`)).toBe(text);
  await replaceTextFile(`${folder}/f`, text, `${text}b`);
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe(`${text}b`);
});

test('whoever reads the file meanwhile has the whole old one, or the whole new one', async () => {
  const folder = folderWith({ f: 'old' });
  linkSync(`${folder}/f`, `${folder}/reader`);
  await replaceTextFile(`${folder}/f`, 'old', 'new');
  expect(readFileSync(`${folder}/reader`, 'utf8')).toBe('old');
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe('new');
  expect(readdirSync(folder).sort()).toEqual(['f', 'reader']);
});

test.each([
  ['changed since', 'newer', 'f', 'older', 'was changed by another program'],
  ['made since', 'made', 'f', null, 'was changed by another program'],
  ['gone since', '', 'gone', 'older', 'cannot be written: there is no such file or folder'],
  ['a folder', '', 'folder', 'older', 'is not a regular file'],
  ['in a folder that is not there', '', 'nowhere/f', null, 'cannot be written: there is no such file or folder'],
  ['a link to nothing', '', 'link', null, 'is a broken link'],
])('what is %s is left as it is', async (_, content, name, before, why) => {
  const folder = folderWith({ f: content });
  mkdirSync(`${folder}/folder`);
  symlinkSync('nothing', `${folder}/link`);
  await expect(replaceTextFile(`${folder}/${name}`, before, 'new')).rejects.toThrow(why);
  expect(readFileSync(`${folder}/f`, 'utf8')).toBe(content);
  expect(readdirSync(folder).sort()).toEqual(['f', 'folder', 'link']);
});

test('a file that is made is for whom the umask says', async () => {
  const folder = folderWith({});
  await replaceTextFile(`${folder}/f`, null, 'new');
  writeFileSync(`${folder}/other`, '');
  expect(statSync(`${folder}/f`).mode).toBe(statSync(`${folder}/other`).mode);
});
