import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameOfConfiguration, noteConfiguration, notedConfiguration } from '../../src/local/used-configuration.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'used-configuration-'));
});
afterEach(async () => rm(folder, { recursive: true }));

test('a configuration has one name, through links too', async () => {
  const file = join(folder, 'fleetmark.yaml');
  await writeFile(file, '');
  await symlink(file, join(folder, 'link.yaml'));
  expect(await nameOfConfiguration(join(folder, 'link.yaml'))).toBe(await nameOfConfiguration(file));
  expect(await nameOfConfiguration('no/such.yaml')).toBe(join(process.cwd(), 'no/such.yaml'));
});

test('the last one noted counts, and only its owner can read it', async () => {
  expect(await notedConfiguration(folder)).toBeNull();
  await noteConfiguration(folder, '/a.yaml');
  await noteConfiguration(folder, '/b c.yaml');
  expect(await notedConfiguration(folder)).toBe('/b c.yaml');
  expect((await stat(join(folder, 'configuration'))).mode & 0o777).toBe(0o600);
});
