import { expect, test } from 'vitest';
import type { RunStart, ServerRecord } from '../../src/domain/records/records.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { sampleEnd, sampleServer } from './sample-records.ts';
import { onEachStore } from './stores.ts';

/** One run of some servers on a day. */
async function record(store: ResultsStore, day: number, servers: readonly ServerRecord[]): Promise<void> {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const about: Partial<RunStart> = { run: `run-${day}`, temporalRunId: `id-${day}`, startedAt };
  for (const each of servers) await store.recordServer({ ...each, ...about, runStartedAt: startedAt });
  await store.recordRun(
    sampleEnd(
      servers.map(({ row }) => row),
      [],
      about
    )
  );
}

const all = { limit: 100, since: null };

/** GPUs are listed in another order in each run. */
function withGpus(addresses: readonly string[], values: readonly number[]): ServerRecord {
  const server = sampleServer('gpu-1');
  const [of] = server.benchmarks;
  const measured = values.map((value, device) => ({
    ...{
      metric: 'gpu.fp32_gflops',
      unit: 'GFLOPS',
      better: 'higher' as const,
      device,
      samples: [value],
      value,
      spread: 0,
    },
  }));
  const devices = addresses.map((address, device) => ({ device, address, uuid: null, name: 'H100' }));
  const inRow = measured.map(({ better: _, ...each }) => ({ ...each, samples: 1 }));
  const row = { ...of!, benchmark: 'gpu', expected: {}, measurements: measured };
  const [benchmark] = server.row.benchmarks;
  const gpu = { ...benchmark!, benchmark: 'gpu', measurements: inRow, devices };
  return { ...server, row: { ...server.row, benchmarks: [gpu] }, benchmarks: [row] };
}

onEachStore('the history of a server', (newStore) => {
  test('has each run and value, the newest last, whatever the order in which they were written', async () => {
    const store = await openStore(await newStore());
    for (const day of [28, 9, 27]) await record(store, day, [sampleServer('web-1', day * 300), sampleServer('web-2')]);
    const history = await store.history('web-1', all);
    expect(history.runs).toMatchObject([
      { run: 'run-9', verdict: 'fail', hardwareClass: 'c5', hasEnded: true, startedAt: '2026-11-09T02:00:00.000Z' },
      { run: 'run-27', verdict: 'pass', reason: null },
      { run: 'run-28', verdict: 'pass' },
    ]);
    expect(history.runs[0]!.reason).toContain('2,700 of >= 7,200 events/s');
    expect(history.series).toEqual([
      {
        ...{
          metric: 'cpu.events_per_second',
          unit: 'events/s',
          better: 'higher',
          device: null,
          address: null,
          uuid: null,
        },
        points: [2_700, 8_100, 8_400].map((value) => ({ value, spread: 20 / value, min: 7_200, max: null })),
      },
    ]);
    await store.close();
  });

  test('has the last runs up to a limit, and only those since a time', async () => {
    const store = await openStore(await newStore());
    for (const day of [1, 2, 3]) await record(store, day, [sampleServer('web-1')]);
    const days = async (filter: object) =>
      (await store.history('web-1', { ...all, ...filter })).runs.map(({ run }) => run);
    expect(await days({ limit: 2 })).toEqual(['run-2', 'run-3']);
    expect(await days({ since: '2026-11-03T00:00:00.000Z' })).toEqual(['run-3']);
    expect(await days({ since: '2026-12-03T00:00:00.000Z' })).toEqual([]);
    await store.close();
  });

  test('has a gap where a run did not measure a metric, and has a run that is under way', async () => {
    const store = await openStore(await newStore());
    await record(store, 1, [sampleServer('web-1')]);
    const unmeasured = sampleServer('web-1');
    await record(store, 2, [{ ...unmeasured, benchmarks: [] }]);
    const about = { run: 'run-3', temporalRunId: 'id-3', runStartedAt: '2026-11-03T02:00:00.000Z' };
    await store.recordServer({ ...sampleServer('web-1'), ...about });
    const { runs, series } = await store.history('web-1', all);
    expect(runs.map(({ hasEnded }) => hasEnded)).toEqual([true, true, false]);
    expect(series[0]!.points.map((point) => point?.value ?? null)).toEqual([8_000, null, 8_000]);
    await store.close();
  });

  test('follows a device by its address when its place in the list changes', async () => {
    const store = await openStore(await newStore());
    await record(store, 1, [withGpus(['0000:c1:00.0', '0000:c2:00.0'], [1, 2])]);
    await record(store, 2, [withGpus(['0000:c2:00.0', '0000:c1:00.0'], [2, 1])]);
    const { series } = await store.history('gpu-1', all);
    const values = series.map(({ address, points }) => [address, points.map((point) => point?.value)]);
    expect(Object.fromEntries(values)).toEqual({ '0000:c1:00.0': [1, 1], '0000:c2:00.0': [2, 2] });
    await store.close();
  });

  test('keeps numbers that JSON does not have, and texts with every character', async () => {
    const store = await openStore(await newStore());
    const server = sampleServer('web-1');
    const [of] = server.benchmarks;
    const measurements = [{ ...of!.measurements[0]!, metric: "a\0'; -- \u2028", value: Number.NaN, spread: Infinity }];
    await record(store, 1, [{ ...server, benchmarks: [{ ...of!, measurements }] }]);
    const { series } = await store.history('web-1', all);
    expect(series).toMatchObject([{ metric: "a\ufffd'; -- \u2028", points: [{ value: null, spread: null }] }]);
    await store.close();
  });

  test('knows the ids of all servers, without duplicates, and no history of another id', async () => {
    const store = await openStore(await newStore());
    expect(await store.serverIds()).toEqual([]);
    for (const day of [1, 2])
      await record(
        store,
        day,
        ['web-2', 'web-10', 'Web-1'].map((id) => sampleServer(id))
      );
    expect((await store.serverIds()).sort()).toEqual(['Web-1', 'web-10', 'web-2']);
    expect(await store.history("web-1' or 1=1 --", all)).toMatchObject({ runs: [], series: [] });
    await store.close();
  });
});
