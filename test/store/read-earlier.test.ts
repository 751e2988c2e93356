import { expect, test } from 'vitest';
import { newsOf } from '../../src/domain/records/earlier-runs.ts';
import type { RunStart, ServerRecord } from '../../src/domain/records/records.ts';
import type { RunSelection } from '../../src/domain/plans/plan.ts';
import { unmeasuredRow } from '../../src/domain/verdicts/server-row.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { sampleEnd, sampleServer } from './sample-records.ts';
import { onEachStore } from './stores.ts';

interface About {
  schedule?: string;
  limit?: string[];
  sample?: number;
  seed?: number;
  /** Servers before the sample. */
  of?: number;
  isCancelled?: boolean;
  retryOf?: string;
  /** Instead of what the servers measured. */
  onlyBusy?: boolean;
}

/** One run of servers with these events/s on a day of November; 7,200 pass. */
async function recordRun(store: ResultsStore, day: number, events: Record<string, number>, of: About = {}) {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const schedule = of.schedule ?? null;
  const key = { run: `run-${day}`, temporalRunId: `id-${day}`, startedAt };
  const about: Partial<RunStart> = { ...key, schedule };
  const records: ServerRecord[] = Object.entries(events).map(([id, value]) => sampleServer(id, value, key));
  for (const each of records) await store.recordServer({ ...each, runStartedAt: startedAt });
  const busy = Object.keys(events).map((id) => unmeasuredRow(id, 'busy', null, 'in use'));
  const rows = of.onlyBusy ? busy : records.map(({ row }) => row);
  const end = sampleEnd(rows, of.onlyBusy ? busy : [], about);
  const { limit = null, sample = null, seed = null, isCancelled = false } = of;
  const selection: RunSelection = { limit, sample, seed, of: of.of ?? 9 };
  const retried = of.retryOf === undefined ? {} : { retryOf: of.retryOf };
  await store.recordRun({ ...end, isCancelled, report: { ...end.report, selection, ...retried } });
  return key;
}

async function newsOfLast(store: ResultsStore) {
  const read = await store.readReport('last');
  if ('candidates' in read) throw new Error('no run');
  return newsOf(read.report, await store.readEarlier(read.report));
}

onEachStore('what is new in a run', (newStore) => {
  test('is told since the last run of the same schedule, with the runs that a server has failed', async () => {
    const store = await openStore(await newStore());
    const nightly = { schedule: 'nightly' };
    await recordRun(store, 1, { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 8_000 }, nightly);
    await recordRun(store, 2, { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 5_000, 'web-4': 8_000 }, nightly);
    await recordRun(store, 3, { 'web-1': 8_000, 'web-2': 8_000 }, { schedule: 'hourly' });
    await recordRun(store, 4, { 'web-1': 8_000, 'web-2': 8_000 });
    const last = await recordRun(store, 5, { 'web-1': 5_000, 'web-2': 5_000, 'web-3': 8_000 }, nightly);
    expect(await newsOfLast(store)).toEqual({
      ...{ schemaVersion: 1, run: 'run-5', temporalRunId: 'id-5' },
      previous: { run: 'run-2', temporalRunId: 'id-2', startedAt: '2026-11-02T02:00:00.000Z' },
      ...{ newlyFailed: ['web-1'], stillFailing: [{ serverId: 'web-2', runs: 3 }], recovered: ['web-3'] },
      ...{ notJudged: [], added: [], missing: ['web-4'] },
    });
    expect((await store.readEarlier(last))!.previous.servers).toHaveLength(4);
    await store.close();
  });

  test('without a schedule is told since the last run with the same limit and sample', async () => {
    const store = await openStore(await newStore());
    await recordRun(store, 1, { 'web-1': 8_000 }, { limit: ['web-*'] });
    await recordRun(store, 2, { 'web-1': 8_000 });
    await recordRun(store, 3, { 'web-1': 8_000 }, { limit: ['web-*'], sample: 1, seed: 3 });
    await recordRun(store, 4, { 'web-1': 8_000 }, { limit: ['web-*'], schedule: 'nightly' });
    await recordRun(store, 5, { 'web-1': 5_000 }, { limit: ['web-*'] });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-1' }, newlyFailed: ['web-1'] });
    await recordRun(store, 6, { 'web-2': 8_000 }, { limit: ['web-*'], sample: 1, seed: 4 });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-3' }, added: [], missing: [] });
    await store.close();
  });

  test('is told since the last run of mostly the same servers, if two inventories share a store', async () => {
    const store = await openStore(await newStore());
    const production = { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 8_000 };
    const staging = { 'stg-1': 8_000, 'stg-2': 5_000, 'web-1': 5_000 };
    for (const day of [1, 3, 5]) {
      await recordRun(store, day, production);
      await recordRun(store, day + 1, staging);
    }
    expect(await newsOfLast(store)).toMatchObject({
      ...{ previous: { run: 'run-4' }, newlyFailed: [], added: [], missing: [] },
      stillFailing: [
        { serverId: 'stg-2', runs: 3 },
        { serverId: 'web-1', runs: 3 },
      ],
    });
    const { 'web-1': _, ...changed } = { ...production, 'web-4': 5_000 };
    await recordRun(store, 7, changed);
    expect(await newsOfLast(store)).toMatchObject({
      ...{ previous: { run: 'run-5' }, newlyFailed: ['web-4'], added: ['web-4'], missing: ['web-1'] },
      stillFailing: [{ serverId: 'web-2', runs: 4 }],
    });
    await recordRun(store, 8, { 'lab-1': 5_000 });
    expect(await newsOfLast(store)).toMatchObject({ previous: null, newlyFailed: [] });
    await store.close();
  });

  test('of a sample is told since the last sample of about as many servers', async () => {
    const store = await openStore(await newStore());
    await recordRun(store, 1, { 'web-1': 5_000 }, { sample: 1, seed: 3, of: 20 });
    await recordRun(store, 2, { 'stg-1': 8_000 }, { sample: 1, seed: 4, of: 2 });
    await recordRun(store, 3, { 'web-1': 5_000 }, { sample: 1, seed: 5, of: 21 });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-1' }, stillFailing: [{ runs: 2 }] });
    await recordRun(store, 4, { 'stg-1': 5_000 }, { sample: 1, seed: 5, of: 21 });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-1' }, newlyFailed: ['stg-1'] });
    await store.close();
  });

  test('of a retry is told since the run that it retries, for its servers, and counts failures through all retries', async () => {
    const store = await openStore(await newStore());
    const nightly = { schedule: 'nightly' };
    await recordRun(store, 1, { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 5_000 }, nightly);
    await recordRun(store, 2, { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 5_000 }, nightly);
    await recordRun(store, 3, { 'web-2': 8_000, 'web-3': 8_000 }, { limit: ['=web-2', '=web-3'] });
    const limit = ['=web-2', '=web-3'];
    await recordRun(store, 4, { 'web-2': 5_000, 'web-3': 8_000 }, { limit, retryOf: 'run-2' });
    expect(await newsOfLast(store)).toMatchObject({
      ...{ previous: { run: 'run-2' }, newlyFailed: [], recovered: ['web-3'], added: [], missing: [] },
      stillFailing: [{ serverId: 'web-2', runs: 3 }],
    });
    await recordRun(store, 5, { 'web-2': 5_000 }, { limit: ['=web-2'], retryOf: 'run-4' });
    expect(await newsOfLast(store)).toMatchObject({
      ...{ previous: { run: 'run-4' }, stillFailing: [{ serverId: 'web-2', runs: 4 }], recovered: [], missing: [] },
    });
    await store.close();
  });

  test('of a retry of a cancelled run is told since that run, and of a removed run since an equal selection', async () => {
    const store = await openStore(await newStore());
    await recordRun(store, 1, { 'web-1': 5_000, 'web-2': 8_000 }, { isCancelled: true });
    await recordRun(store, 2, { 'web-1': 8_000 }, { limit: ['=web-1'], retryOf: 'run-1' });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-1' }, recovered: ['web-1'] });
    await recordRun(store, 3, { 'web-1': 8_000 }, { limit: ['=web-1'], retryOf: 'removed' });
    expect(await newsOfLast(store)).toMatchObject({ previous: { run: 'run-2' } });
    await store.close();
  });

  test('does not count runs that were cancelled, that judged nothing, or that are under way', async () => {
    const store = await openStore(await newStore());
    await recordRun(store, 1, { 'web-1': 5_000 });
    await recordRun(store, 2, { 'web-1': 8_000 }, { isCancelled: true });
    await recordRun(store, 3, { 'web-1': 8_000 }, { onlyBusy: true });
    const about = { run: 'run-4', temporalRunId: 'id-4', runStartedAt: '2026-11-04T02:00:00.000Z' };
    await store.recordServer({ ...sampleServer('web-1'), ...about });
    await recordRun(store, 5, { 'web-1': 5_000 });
    expect(await newsOfLast(store)).toMatchObject({
      ...{ previous: { run: 'run-1' }, newlyFailed: [], stillFailing: [{ serverId: 'web-1', runs: 2 }] },
    });
    await store.close();
  });

  test('is unknown in the first run, and later runs do not change what was new', async () => {
    const store = await openStore(await newStore());
    const first = await recordRun(store, 1, { 'web-1': 5_000 });
    await recordRun(store, 2, { 'web-1': 8_000 });
    expect(await store.readEarlier(first)).toBeNull();
    expect(await store.readEarlier({ run: 'x', temporalRunId: 'x' })).toBeNull();
    await store.close();
  });
});
