import { expect, test } from 'vitest';
import { compareRuns } from '../../src/domain/records/compare-runs.ts';
import type { RunStart } from '../../src/domain/records/records.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { sampleEnd, sampleServer, sampleStart } from './sample-records.ts';
import { onEachStore } from './stores.ts';

const servers = Array.from({ length: 8 }, (_, index) => `web-${index + 1}`);

async function recordDay(store: ResultsStore, day: number, eventsOf: (place: number) => number): Promise<void> {
  const startedAt = `2026-11-${day}T02:00:00.000Z`;
  const about: Partial<RunStart> = { run: `run-${day}`, temporalRunId: `id-${day}`, startedAt, schedule: 'nightly' };
  const { schedule: _, ...key } = about;
  const records = servers.map((serverId, place) => sampleServer(serverId, eventsOf(place), key));
  for (const each of records) await store.recordServer({ ...each, runStartedAt: startedAt });
  await store.recordRun(
    sampleEnd(
      records.map(({ row }) => row),
      [],
      about
    )
  );
}

onEachStore('two runs', (newStore) => {
  test('are compared by server and by class', async () => {
    const store = await openStore(await newStore());
    await recordDay(store, 28, (place) => 8_000 + place);
    await recordDay(store, 29, (place) => (place === 0 ? 5_000 : 7_900 + place));
    const [before, after] = [await store.readComparable('last-1'), await store.readComparable('nightly')];
    if ('candidates' in before || 'candidates' in after) throw new Error('not found');
    const { verdicts, metrics, after: later } = compareRuns(before, after);
    expect(later).toMatchObject({ run: 'run-29', hasEnded: true, note: 'nightly', counts: { pass: 7, fail: 1 } });
    expect(verdicts).toMatchObject([{ serverId: 'web-1', before: 'pass', after: 'fail' }]);
    expect(verdicts[0]!.reason).toContain('5,000 of >= 7,200 events/s');
    expect(metrics).toMatchObject([
      { hardwareClass: 'c5', metric: 'cpu.events_per_second', servers: 8, median: { change: -100, p: 2 / 2 ** 8 } },
    ]);
    await store.close();
  });

  test('of which the later one has not ended: its other servers were not reached', async () => {
    const store = await openStore(await newStore());
    await recordDay(store, 28, () => 8_000);
    const later = { run: 'later', temporalRunId: 'id-later', startedAt: '2026-11-29T02:00:00.000Z' };
    await store.startRun(sampleStart(servers, later));
    await store.recordServer(sampleServer('web-2', 8_000, later));
    const [before, after] = [await store.readComparable('last'), await store.readComparable('later')];
    if ('candidates' in before || 'candidates' in after) throw new Error('not found');
    const { verdicts, after: unfinished } = compareRuns(before, after);
    expect(unfinished).toMatchObject({ hasEnded: false, counts: { pass: 1, not_reached: 7 } });
    expect(verdicts).toHaveLength(7);
    expect(verdicts[0]).toEqual({
      ...{ serverId: 'web-1', before: 'pass', after: 'not_reached', reason: 'the run has not ended' },
    });
    await store.close();
  });

  test('that are not known, or could be several, are candidates', async () => {
    const store = await openStore(await newStore());
    for (const day of [28, 29]) await recordDay(store, day, () => 8_000);
    expect(await store.readComparable('x')).toEqual({ candidates: [] });
    expect(await store.readComparable('run-2')).toEqual({ candidates: ['run-29', 'run-28'] });
    await store.close();
  });
});
