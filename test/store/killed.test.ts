import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CompiledQuery } from 'kysely';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { canUnshare } from '../faults/faulty-server.ts';
import { mountStateDisk } from '../faults/state-disk.ts';
import { postgresPrograms, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openDatabase } from './open-database.ts';
import { onEachStore } from './stores.ts';
import { expectWhole, startWriter } from './writer.ts';

const MANY = 1_000_000;

onEachStore('a writer that is killed', (newStore) => {
  test('loses nothing that it called safe, and leaves no half row, in 20 rounds', { timeout: 240_000 }, async () => {
    const address = await newStore();
    const safe: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const writers = ['a', 'b'].map((name) => startWriter(address, `${name}${round}`, MANY));
      await Promise.all(writers.map((writer) => writer.wrote(1 + ((round * 7) % 23))));
      for (const writer of writers) writer.process.kill('SIGKILL');
      await Promise.all(writers.map((writer) => writer.ended));
      safe.push(...writers.flatMap((writer) => writer.safe));
    }
    await expectWhole(address, safe);
    if (address.kind === 'sqlite') expect(await integrityOf(address)).toBe('ok');
  });

  test('is replaced by one that writes the same again, once', async () => {
    const address = await newStore();
    const first = startWriter(address, 'web', 20);
    await first.wrote(9);
    first.process.kill('SIGKILL');
    await first.ended;
    const second = startWriter(address, 'web', 20);
    await second.ended;
    expect(second.safe).toHaveLength(20);
    await expectWhole(address, second.safe);
  });
});

describe.skipIf(postgresPrograms === null)('a PostgreSQL', () => {
  test.each(['fast', 'immediate'] as const)('that ends (%s) and comes back is written to again', async (how) => {
    const server = await startPostgres();
    const address: StoreAddress = { kind: 'postgres', url: await server.createDatabase(), password: null };
    const writer = startWriter(address, 'web', MANY);
    for (const wanted of [5, 15, 25]) {
      await writer.wrote(wanted);
      const failed = writer.failed();
      await server.stop(how);
      await failed;
      await server.start();
    }
    await writer.wrote(writer.safe.length + 5);
    writer.process.kill('SIGKILL');
    await writer.ended;
    await expectWhole(address, writer.safe);
    await server.stop('immediate');
  });
});

describe.skipIf(!canUnshare)('an SQLite file on a full disk', () => {
  test('is whole, says so, and takes more when there is space again', { timeout: 240_000 }, async () => {
    const folder = temporaryFolder('small-disk');
    const disk = mountStateDisk(folder);
    try {
      const address: StoreAddress = { kind: 'sqlite', file: join(folder, 'results.db') };
      const writer = startWriter(address, 'web', MANY);
      for (const wanted of [5, 300, 600]) {
        await writer.wrote(wanted);
        const failed = writer.failed();
        disk.fill();
        await failed;
        disk.empty();
      }
      await writer.wrote(writer.safe.length + 5);
      expect(writer.errors[0]).toMatch(/results\.db (does not work|cannot be used): /);
      writer.process.kill('SIGKILL');
      await writer.ended;
      await expectWhole(address, writer.safe);
      expect(await integrityOf(address)).toBe('ok');
    } finally {
      disk.remove();
    }
  });
});

async function integrityOf(address: StoreAddress): Promise<unknown> {
  const { db, close } = await openDatabase(address);
  const { rows } = await db.executeQuery(CompiledQuery.raw('pragma integrity_check'));
  await close();
  return (rows[0] as { integrity_check: string }).integrity_check;
}
