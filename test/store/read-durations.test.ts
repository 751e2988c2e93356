import { expect, test } from 'vitest';
import { unmeasuredRow } from '../../src/domain/verdicts/server-row.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { sampleEnd, sampleServer } from './sample-records.ts';
import { onEachStore } from './stores.ts';

/** A run on a day of November, which measured these servers in so many seconds; null: it could not. */
async function recordRun(
  store: ResultsStore,
  day: number,
  seconds: Record<string, number | null>,
  benchmarks = ['cpu']
) {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const about = { run: `run-${day}`, temporalRunId: `id-${day}`, startedAt };
  const rows = Object.entries(seconds).map(([id, each]) =>
    each === null ? unmeasuredRow(id, 'error', null, 'gone') : { ...sampleServer(id).row, seconds: each }
  );
  const end = sampleEnd(rows, rows, about);
  const settings = { benchmarks, maxParallel: 1, measureOnly: false, evenIfBusy: false };
  await store.recordRun({ ...end, report: { ...end.report, settings } });
}

onEachStore('how long servers took', (newStore) => {
  test('is that of their last run with the same benchmarks, in any order, that measured them', async () => {
    const store = await openStore(await newStore());
    const both = ['cpu', 'gpu'];
    await recordRun(store, 1, { 'web-1': 10, 'web-2': 20 }, both);
    await recordRun(store, 2, { 'web-1': 11, 'web-2': null, 'web-3': 31 }, ['gpu', 'cpu']);
    await recordRun(store, 3, { 'web-1': 5, 'web-2': 5 });
    const durations = await store.durations({ serverIds: ['web-1', 'web-2', 'web-9'], benchmarks: both });
    expect(Object.fromEntries(durations)).toEqual({ 'web-1': 11, 'web-2': 20 });
    expect(await store.durations({ serverIds: ['web-1'], benchmarks: ['gpu'] })).toEqual(new Map());
    await store.close();
  });
});
