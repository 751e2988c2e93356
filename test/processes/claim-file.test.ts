import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFile, readHolder } from '../../src/processes/claim-file.ts';
import { startOwner } from '../support/owner.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  file = join(folder, 'lock.json');
});
afterEach(() => rm(folder, { recursive: true }));

const claimInOwner = `
  const { claimFile } = await import(src + '/processes/claim-file.ts');
  const claim = async (file) => {
    const outcome = await claimFile(file, { note: 'from an owner' });
    console.log(JSON.stringify({ mine: outcome.mine, pid: process.pid }));
  };
`;

describe('a claim on a file', () => {
  test('has one holder, is shown to others, and is free again when released', async () => {
    const first = await claimFile(file, { address: 'a' });
    const second = await claimFile(file, { address: 'b' });
    expect(second).toMatchObject({ mine: false, holder: { address: 'a', pid: process.pid } });
    if (!first.mine) throw new Error('unreachable');
    await first.claim.update({ address: 'c' });
    expect(await readHolder(file)).toMatchObject({ address: 'c', pid: process.pid });
    await first.claim.release();
    expect(await readdir(folder)).toEqual([]);
    expect((await claimFile(file, { address: 'd' })).mine).toBe(true);
    await first.claim.update({ address: 'late' });
    await first.claim.release();
    expect(await readHolder(file)).toMatchObject({ address: 'd' });
  });

  test('goes to exactly one of many that ask at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => claimFile(file, {})));
    expect(outcomes.filter(({ mine }) => mine)).toHaveLength(1);
  });

  test('of a process killed with kill -9 goes to exactly one of many processes that find it', async () => {
    const first = startOwner(`${claimInOwner} await claim(${JSON.stringify(file)}); setInterval(() => {}, 1000);`);
    expect(await first.nextLine()).toMatchObject({ mine: true });
    expect((await claimFile(file, {})).mine).toBe(false);
    await first.kill('SIGKILL');

    const code = `${claimInOwner}
      const signalled = new Promise((resolve) => process.once('SIGUSR2', resolve));
      setInterval(() => {}, 1000);
      console.log('"ready"');
      await signalled;
      await Promise.all(Array.from({ length: 4 }, () => claim(${JSON.stringify(file)})));`;
    const others = Array.from({ length: 3 }, () => startOwner(code));
    try {
      await Promise.all(others.map((other) => other.nextLine()));
      for (const other of others) other.process.kill('SIGUSR2');
      const outcomes = await Promise.all(
        others.flatMap((other) => Array.from({ length: 4 }, () => other.nextLine() as Promise<{ mine: boolean }>))
      );
      expect(outcomes.filter(({ mine }) => mine)).toHaveLength(1);
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
    expect((await claimFile(file, {})).mine).toBe(true);
    expect(await readdir(folder)).toEqual(['lock.json']);
  });

  test('is not inherited by another process that got the same id', async () => {
    await writeFile(file, JSON.stringify({ id: crypto.randomUUID(), pid: process.pid, startedAt: '1' }));
    expect((await claimFile(file, {})).mine).toBe(true);
  });

  test.each(['', 'garbage', '{}', '{"id":"x","pid":1}'])(
    'on a file with the content %j is refused with advice',
    async (text) => {
      await writeFile(file, text);
      await expect(claimFile(file, {})).rejects.toMatchObject({
        kind: 'InvalidConfig',
        message: expect.stringContaining(`${file} is not a lock file of fleetmark`),
      });
    }
  );

  test('in a missing folder is refused', async () => {
    await expect(claimFile(join(folder, 'no', 'lock'), {})).rejects.toMatchObject({ kind: 'InvalidConfig' });
  });
});
