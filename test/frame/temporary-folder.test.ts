import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startOwner } from '../support/owner.ts';
import { eventually } from '../support/processes.ts';
import { folderWith } from '../support/temporary-folder.ts';

test('all temporary folders of a test run are in one folder', () => {
  const [one, other] = [folderWith({ 'a/b': 'c' }), folderWith({})];
  expect(existsSync(join(one, 'a/b'))).toBe(true);
  expect(dirname(one)).toBe(dirname(other));
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'the folder of a test run is removed after a %s, with everything in it',
  async (signal) => {
    const owner = startOwner(`
    delete process.env.FLEETMARK_TEST_FOLDER;
    const { folderWith } = await import(src + '/../test/support/temporary-folder.ts');
    const { chmodSync } = await import('node:fs');
    const folder = folderWith({ 'read-only/file': '' });
    chmodSync(folder + '/read-only', 0o500);
    console.log(JSON.stringify(folder));
    setInterval(() => {}, 1000);
  `);
    const folder = dirname((await owner.nextLine()) as string);
    expect(existsSync(folder)).toBe(true);
    await owner.kill(signal);
    await eventually(
      () => existsSync(folder),
      (isThere) => !isThere
    );
  }
);
