import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { ConfigurationSource } from '../../src/config/configuration-source.ts';
import {
  configurationName,
  saveConfiguration,
  readSavedConfiguration,
} from '../../src/temporal/saved-configuration.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('used-configuration');
});

const withFile = (file: string): ConfigurationSource => ({ file, inventory: null });
const withInventory = (file: string | null, path: string): ConfigurationSource => {
  const inventory = { kind: 'file' as const, written: path, path };
  return file === null ? { file, inventory } : { file, inventory };
};
const withText = (kind: 'list' | 'standard input', text: string): ConfigurationSource => {
  const inventory =
    kind === 'list' ? { kind, written: text.replaceAll('\n', ','), text } : { kind, written: '-' as const, text };
  return { file: null, inventory };
};

test('a configuration has one name, also through links', async () => {
  const file = join(folder, 'fleetmark.yaml');
  await writeFile(file, '');
  await symlink(file, join(folder, 'link.yaml'));
  const link = join(folder, 'link.yaml');
  expect(await configurationName(withFile(link))).toBe(await configurationName(withFile(file)));
  expect(await configurationName(withInventory(null, link))).toBe(await configurationName(withInventory(null, file)));
  expect(await configurationName(withFile('no/such.yaml'))).toBe(join(process.cwd(), 'no/such.yaml'));
});

test('another inventory, or other servers on standard input, is another configuration', async () => {
  const sources = [
    withFile('/f.yaml'),
    withInventory('/f.yaml', '/a.ini'),
    withInventory('/f.yaml', '/b.ini'),
    withInventory(null, '/a.ini'),
    withText('standard input', 'a\nb'),
    withText('standard input', 'a\nc'),
    withText('list', 'a\nb'),
  ];
  const names = await Promise.all(sources.map(configurationName));
  expect(new Set(names).size).toBe(sources.length);
  expect(names[1]).toBe('/f.yaml with the inventory /a.ini');
  expect(names[4]).toMatch(/^the inventory standard input \([0-9a-f]{12}\)$/);
});

test('the last saved configuration is read back with its options, and only its owner can read it', async () => {
  expect(await readSavedConfiguration(folder)).toBeNull();
  await saveConfiguration(folder, withFile('/a.yaml'));
  await saveConfiguration(folder, withFile('/b c.yaml'));
  expect(await readSavedConfiguration(folder)).toEqual({ name: '/b c.yaml', file: '/b c.yaml', inventory: null });
  await saveConfiguration(folder, withInventory(null, '/a.ini'));
  expect(await readSavedConfiguration(folder)).toMatchObject({ file: null, inventory: '/a.ini' });
  await saveConfiguration(folder, withText('standard input', 'secret'));
  expect(await readSavedConfiguration(folder)).toMatchObject({ file: null, inventory: '-' });
  expect(await readFile(join(folder, 'configuration'), 'utf8')).not.toContain('secret');
  expect((await stat(join(folder, 'configuration'))).mode & 0o777).toBe(0o600);
});

test('a file that is not JSON is ignored', async () => {
  for (const text of ['', '/b c.yaml', '{"na']) {
    await writeFile(join(folder, 'configuration'), text);
    expect(await readSavedConfiguration(folder)).toBeNull();
  }
});
