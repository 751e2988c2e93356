import { expect, test } from 'vitest';
import { copyRun, runNumber, writeRun } from './fill-store.ts';
import { openDatabase } from './open-database.ts';
import { contentOf, onEachStore } from './stores.ts';

onEachStore('a copied run', (newStore) => {
  test('is the same as one that a worker has written', async () => {
    const [copied, written] = [await newStore(), await newStore()];
    await writeRun(copied, runNumber(0), 25, 0);
    const database = await openDatabase(copied);
    await copyRun(database, runNumber(0), runNumber(7));
    await database.close();
    for (const number of [0, 7]) await writeRun(written, runNumber(number), 25, 0);
    expect(await contentOf(copied)).toEqual(await contentOf(written));
  });
});
