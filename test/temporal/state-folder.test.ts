import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, makeStateFolder, rotateLog, stateFolder } from '../../src/temporal/state-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('state-folder');
});

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

describe('the state folder', () => {
  test('is created with its parents, for its owner only', async () => {
    await makeStateFolder(join(folder, 'a', 'b'));
    expect(await modeOf(join(folder, 'a', 'b'))).toBe(0o700);
  });

  test('becomes private if others could read it', async () => {
    const open = join(folder, 'open');
    await mkdir(open);
    await chmod(open, 0o755);
    await makeStateFolder(open);
    expect(await modeOf(open)).toBe(0o700);
  });

  test('cannot be world-writable, and such a folder is not changed', async () => {
    const shared = join(folder, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o1777);
    await expect(makeStateFolder(shared)).rejects.toThrow(/shared is world-writable/);
    expect(await modeOf(shared)).toBe(0o777);
  });

  test.each(['file', 'file/below', '/proc/fleetmark', '/proc/fleetmark/state', '/dev/null/state'])(
    'cannot be %s, and the error is immediate',
    async (where) => {
      await writeFile(join(folder, 'file'), '');
      const path = where.startsWith('/') ? where : join(folder, where);
      await expect(makeStateFolder(path)).rejects.toMatchObject({
        kind: 'InvalidConfig',
        message: expect.stringContaining(`The state folder ${path} cannot be used: `) as string,
      });
    }
  );
});

test('a log that is too long is renamed, and one old log is kept', async () => {
  const log = join(folder, 'fleetmark.log');
  await rotateLog(log, 3);
  for (const text of ['first', 'second', 'new']) {
    await writeFile(log, text);
    await rotateLog(log, 3);
  }
  expect(await readFile(`${log}.1`, 'utf8')).toBe('second');
  expect(await readFile(log, 'utf8')).toBe('new');
});

test('the state folder is what FLEETMARK_STATE says, else the XDG one, else in the home folder', () => {
  expect(stateFolder({ FLEETMARK_STATE: 'here', XDG_STATE_HOME: '/xdg' })).toBe(resolve('here'));
  expect(stateFolder({ XDG_STATE_HOME: '/xdg' })).toBe('/xdg/fleetmark');
  expect(stateFolder({ XDG_STATE_HOME: 'relative' })).toBe(`${homedir()}/.local/state/fleetmark`);
  expect(stateFolder({ FLEETMARK_STATE: '', XDG_STATE_HOME: '' })).toBe(`${homedir()}/.local/state/fleetmark`);
});

test('the cache folder is the XDG one, else in the home folder', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/fleetmark');
  expect(cacheFolder({})).toBe(`${homedir()}/.cache/fleetmark`);
});
