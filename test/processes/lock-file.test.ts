import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { acquireLockFile, readLockHolder } from '../../src/processes/lock-file.ts';
import { startOwner } from '../support/owner.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder('lock');
  file = join(folder, 'lock.json');
});

const acquireInOwner = `
  const { acquireLockFile } = await import(src + '/processes/lock-file.ts');
  const acquire = async (file) => {
    const outcome = await acquireLockFile(file, { note: 'from an owner' });
    console.log(JSON.stringify({ isAcquired: outcome.isAcquired, pid: process.pid }));
  };
`;

describe('a lock file', () => {
  test('has one holder, whom others can read, and is free again when released', async () => {
    const first = await acquireLockFile(file, { address: 'a' });
    const second = await acquireLockFile(file, { address: 'b' });
    expect(second).toMatchObject({ isAcquired: false, holder: { address: 'a', pid: process.pid } });
    if (!first.isAcquired) throw new Error('unreachable');
    await first.lock.update({ address: 'c' });
    expect(await readLockHolder(file)).toMatchObject({ address: 'c', pid: process.pid });
    await first.lock.release();
    expect(await readdir(folder)).toEqual([]);
    expect((await acquireLockFile(file, { address: 'd' })).isAcquired).toBe(true);
    await first.lock.update({ address: 'late' });
    await first.lock.release();
    expect(await readLockHolder(file)).toMatchObject({ address: 'd' });
  });

  test('is acquired by exactly one of many simultaneous callers', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => acquireLockFile(file, {})));
    expect(outcomes.filter(({ isAcquired }) => isAcquired)).toHaveLength(1);
  });

  test('of a process killed with kill -9 is acquired by exactly one of many processes', async () => {
    const first = startOwner(`${acquireInOwner} await acquire(${JSON.stringify(file)}); setInterval(() => {}, 1000);`);
    expect(await first.nextLine()).toMatchObject({ isAcquired: true });
    expect((await acquireLockFile(file, {})).isAcquired).toBe(false);
    await first.kill('SIGKILL');

    const code = `${acquireInOwner}
      const signalled = new Promise((resolve) => process.once('SIGUSR2', resolve));
      setInterval(() => {}, 1000);
      console.log('"ready"');
      await signalled;
      await Promise.all(Array.from({ length: 4 }, () => acquire(${JSON.stringify(file)})));`;
    const others = Array.from({ length: 3 }, () => startOwner(code));
    try {
      await Promise.all(others.map((other) => other.nextLine()));
      for (const other of others) other.process.kill('SIGUSR2');
      const outcomes = await Promise.all(
        others.flatMap((other) => Array.from({ length: 4 }, () => other.nextLine() as Promise<{ isAcquired: boolean }>))
      );
      expect(outcomes.filter(({ isAcquired }) => isAcquired)).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['lock.json']);
    } finally {
      await Promise.all(others.map((other) => other.kill('SIGKILL')));
    }
  });

  test('is taken over although an earlier taker was killed meanwhile', async () => {
    const dead = { pid: 2 ** 22 + 1, startedAt: null };
    const [id, takerId] = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'];
    await writeFile(file, JSON.stringify({ id, ...dead }));
    await writeFile(`${file}.${id}`, JSON.stringify({ id: takerId, ...dead }));
    expect((await acquireLockFile(file, {})).isAcquired).toBe(true);
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  test('is not inherited by another process that got the same id', async () => {
    await writeFile(file, JSON.stringify({ id: crypto.randomUUID(), pid: process.pid, startedAt: '1' }));
    expect((await acquireLockFile(file, {})).isAcquired).toBe(true);
  });

  test.each(['', 'garbage', '{}', '{"id":"x","pid":1}'])(
    'on a file with the content %j is refused with advice',
    async (text) => {
      await writeFile(file, text);
      await expect(acquireLockFile(file, {})).rejects.toMatchObject({
        kind: 'InvalidConfig',
        message: expect.stringContaining(`${file} is not a lock file of fleetmark`),
      });
    }
  );

  test('in a missing folder is refused', async () => {
    await expect(acquireLockFile(join(folder, 'no', 'lock'), {})).rejects.toMatchObject({ kind: 'InvalidConfig' });
  });
});
