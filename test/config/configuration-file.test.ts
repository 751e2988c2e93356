import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationFile } from '../../src/config/configuration-file.ts';
import { surroundings } from '../support/read-configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';

/** Writes a file with a new modification time, even if the clock of the file system is coarse. */
let second = 1_000_000_000;
function write(file: string, text: string): void {
  writeFileSync(file, text);
  second += 1;
  utimesSync(file, second, second);
}

function setUp(files: Record<string, string>, now?: () => number) {
  const folder = folderWith(files);
  let checks = 0;
  const checkKeys = async () => {
    checks += 1;
  };
  const current = configurationFile(
    { file: `${folder}/fleetmark.yaml`, inventory: null },
    { ...surroundings, checkKeys },
    now
  );
  return { folder, current, reads: () => checks };
}

const ids = ({ servers }: { servers: ReadonlyMap<string, unknown> }) => [...servers.keys()];

test('an unchanged file is read once, also by concurrent callers', async () => {
  const { current, reads } = setUp({ 'fleetmark.yaml': 'servers: { a: }\nssh: { key: k }' });
  const all = await Promise.all([current(), current(), current()]);
  expect(new Set([...all, await current()]).size).toBe(1);
  expect(reads()).toBe(1);
});

test('a change applies at once, even if the size stays the same', async () => {
  const { folder, current } = setUp({ 'fleetmark.yaml': 'servers: { a: }' });
  expect(ids(await current())).toEqual(['a']);
  write(`${folder}/fleetmark.yaml`, 'servers: { b: }');
  expect(ids(await current())).toEqual(['b']);
});

test('a caller that accepts an older answer gets a change after that time, any other caller at once', async () => {
  let time = 1000;
  const { folder, current } = setUp({ 'fleetmark.yaml': 'servers: { a: }' }, () => time);
  expect(ids(await current(250))).toEqual(['a']);
  write(`${folder}/fleetmark.yaml`, 'servers: { b: }');
  time = 1249;
  expect(ids(await current(250))).toEqual(['a']);
  expect(ids(await current())).toEqual(['b']);
  write(`${folder}/fleetmark.yaml`, 'servers: { c: }');
  expect(ids(await current(250))).toEqual(['b']);
  time = 1500;
  expect(ids(await current(250))).toEqual(['c']);
});

test('a caller that accepts an older answer gets a corrected mistake after that time', async () => {
  let time = 0;
  const { folder, current } = setUp({ 'fleetmark.yaml': 'servers: { a b: }' }, () => time);
  await expect(current(250)).rejects.toMatchObject({ kind: 'InvalidConfig' });
  write(`${folder}/fleetmark.yaml`, 'servers: { b: }');
  time = 250;
  expect(ids(await current(250))).toEqual(['b']);
});

test('a change of the inventory applies at once, and an unchanged inventory is read once', async () => {
  const { folder, current, reads } = setUp({ 'fleetmark.yaml': 'inventory: h\nssh: { key: k }', h: 'a' });
  expect(ids(await current())).toEqual(['a']);
  write(`${folder}/h`, 'b');
  expect(ids(await current())).toEqual(['b']);
  write(`${folder}/new`, 'c');
  renameSync(`${folder}/new`, `${folder}/h`);
  expect(ids(await current())).toEqual(['c']);
  const before = reads();
  expect(await current()).toBe(await current());
  expect(reads()).toBe(before);
});

test('changes of a newly named inventory apply', async () => {
  const { folder, current } = setUp({ 'fleetmark.yaml': 'inventory: h1', h1: 'a', h2: 'b' });
  await current();
  write(`${folder}/fleetmark.yaml`, 'inventory: h2');
  expect(ids(await current())).toEqual(['b']);
  write(`${folder}/h2`, 'c');
  expect(ids(await current())).toEqual(['c']);
});

test('a mistake is refused until it is corrected, without falling back to the previous configuration', async () => {
  const { folder, current } = setUp({ 'fleetmark.yaml': 'inventory: h', h: 'a' });
  await current();
  write(`${folder}/h`, 'a b');
  await expect(current()).rejects.toMatchObject({ kind: 'InvalidConfig' });
  await expect(current()).rejects.toMatchObject({ kind: 'InvalidConfig' });
  write(`${folder}/h`, 'b');
  expect(ids(await current())).toEqual(['b']);
  rmSync(`${folder}/fleetmark.yaml`);
  await expect(current()).rejects.toMatchObject({ kind: 'InvalidConfig' });
});

test('a corrected mistake in another file applies at once', async () => {
  const folder = folderWith({ 'fleetmark.yaml': 'servers: { a: }\nssh: { knownHosts: known }' });
  const current = configurationFile({ file: `${folder}/fleetmark.yaml`, inventory: null }, surroundings);
  await expect(current()).rejects.toThrow(/known does not exist/);
  write(`${folder}/known`, '');
  expect(ids(await current())).toEqual(['a']);
});
