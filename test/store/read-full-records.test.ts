import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { key, sampleServer } from './sample-records.ts';
import { openDatabase } from './open-database.ts';
import { onEachStore } from './stores.ts';

const limits = { maxOutput: 1_000, maxAll: 1_000_000 };

onEachStore('the full records of a run', (newStore) => {
  test('are all samples, and what each tool printed', async () => {
    const store = await openStore(await newStore());
    for (const id of ['web-1', 'web-2']) await store.recordServer(sampleServer(id, 8_000));
    await store.recordServer(sampleServer('web-1', 5, { run: 'other', temporalRunId: 'other' }));
    const { samples, outputs } = await store.readFullRecords(key, { serverIds: ['web-2', 'web-1'], ...limits });
    expect(samples[1]).toEqual({
      ...{ serverId: 'web-2', metric: 'cpu.events_per_second', device: null, samples: [7_990, 8_000, 8_010] },
    });
    const output = { benchmark: 'cpu', tool: 'sysbench', toolVersion: '1.0.20', text: 'events per second: 8000\n' };
    expect(outputs).toHaveLength(2);
    expect(outputs).toContainEqual({ serverId: 'web-2', ...output });
    await store.close();
  });

  test('have the outputs of the first servers if there are too many, and name the others', async () => {
    const store = await openStore(await newStore());
    const ids = Array.from({ length: 120 }, (_, index) => `web-${index}`);
    for (const id of ids) await store.recordServer(sampleServer(id));
    const { outputs } = await store.readFullRecords(key, { serverIds: ids.toReversed(), maxOutput: 5, maxAll: 100 });
    const texts = new Map(outputs.map(({ serverId, text }) => [serverId, text]));
    expect(texts.size).toBe(120);
    expect(texts.get('web-119')).toContain('events per second');
    expect(texts.get('web-0')).toBeNull();
    await store.close();
  });

  test('say nothing of an output that is damaged', async () => {
    const address = await newStore();
    const store = await openStore(address);
    await store.recordServer(sampleServer('web-1'));
    const { db, close } = await openDatabase(address);
    await db
      .updateTable('outputs')
      .set({ output: Buffer.from('no gzip') })
      .execute();
    await close();
    const { outputs } = await store.readFullRecords(key, { serverIds: ['web-1'], ...limits });
    expect(outputs).toMatchObject([{ serverId: 'web-1', text: null }]);
    await store.close();
  });

  test('are empty for an unknown run', async () => {
    const store = await openStore(await newStore());
    const unknown = { run: 'x', temporalRunId: 'x' };
    expect(await store.readFullRecords(unknown, { serverIds: [], ...limits })).toEqual({ samples: [], outputs: [] });
    await store.close();
  });
});
