import { expect, test } from 'vitest';
import { decide } from '../../src/domain/actions/claims.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { ActionDecider } from '../../src/domain/records/action-records.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { key, sampleEnd, sampleServer } from './sample-records.ts';
import { onEachStore } from './stores.ts';

const drain: ActionSettings = {
  ...{ name: 'drain', verdicts: ['fail'], onRecovery: true, per: 'server', asServersEnd: false, dryRun: false },
  limit: { servers: 2 },
  does: { kind: 'command', command: ['drain'], undo: ['undrain'], timeoutMs: 1_000 },
};
const classOf = new Map(['web-1', 'web-2', 'web-3', 'web-4'].map((id) => [id, 'c5']));
const decider: ActionDecider = (_name, { rows, holds }) => decide(drain, rows, holds, classOf);

interface Of {
  run: string;
  temporalRunId: string;
}

function requestOf(of: Of, serverIds: string[] | null = null) {
  const about = { actions: ['drain'], serverIds, unclassified: [], now: '2026-11-30T02:00:00.000Z' };
  return { run: of.run, temporalRunId: of.temporalRunId, ...about };
}

/** Servers with these events/s; 7,200 pass. */
async function recordServers(
  store: ResultsStore,
  of: Of,
  events: Record<string, number>,
  startedAt?: string
): Promise<void> {
  for (const [id, value] of Object.entries(events)) {
    const sample = sampleServer(id, value, of);
    await store.recordServer(startedAt === undefined ? sample : { ...sample, row: { ...sample.row, startedAt } });
  }
}

/** Decides, and lets all calls end like this. */
async function act(store: ResultsStore, of: Of, state: 'done' | 'failed' | 'unknown'): Promise<string[]> {
  const claims = await store.claimActions(requestOf(of), decider);
  const read = await store.readReport(of.run);
  if ('candidates' in read) throw new Error('no run');
  const ended = claims.filter((each) => each.state === 'started').map((each) => ({ ...each, state }));
  await store.recordRun({
    ...sampleEnd(read.report.servers, [], of),
    actions: { claims: ended, endedAt: '2026-11-30T02:01:00.000Z' },
  });
  return claims.map(({ serverId, change, state: was }) => `${serverId} ${change} ${was}`);
}

const later = (number: number): Of => ({ run: `run-${number}`, temporalRunId: `id-${number}` });

onEachStore('what actions did', (newStore) => {
  test('is decided once: a repeated question has the same answer, a later run knows it', async () => {
    const store = await openStore(await newStore());
    await recordServers(store, key, { 'web-1': 5_000, 'web-2': 8_000 });
    const first = await store.claimActions(requestOf(key), decider);
    expect(first).toEqual([{ action: 'drain', serverId: 'web-1', change: 'failed', state: 'started', message: null }]);
    expect(await store.claimActions(requestOf(key), decider)).toEqual(first);
    expect(await store.claimActions(requestOf(key, ['web-2']), decider)).toEqual([]);
    await recordServers(store, later(1), { 'web-1': 5_000 });
    expect(await store.claimActions(requestOf(later(1)), decider)).toEqual([]);
    await store.close();
  });

  test('stays known when the run that did it is removed', async () => {
    const store = await openStore(await newStore());
    await recordServers(store, key, { 'web-1': 5_000 });
    expect(await act(store, key, 'done')).toEqual(['web-1 failed started']);
    expect(await store.prune(1, later(1))).toBe(1);
    await recordServers(store, later(1), { 'web-1': 8_000 });
    expect(await act(store, later(1), 'done')).toEqual(['web-1 recovered started']);
    await recordServers(store, later(2), { 'web-1': 8_000 });
    expect(await act(store, later(2), 'done')).toEqual([]);
    await store.close();
  });

  test('is undone after an unknown end, not after a failure; a failed undo is tried again', async () => {
    const store = await openStore(await newStore());
    await recordServers(store, key, { 'web-1': 5_000 });
    await act(store, key, 'failed');
    await recordServers(store, later(1), { 'web-1': 8_000 });
    expect(await act(store, later(1), 'done')).toEqual([]);
    await recordServers(store, later(2), { 'web-1': 5_000 });
    expect(await act(store, later(2), 'unknown')).toEqual(['web-1 failed started']);
    for (const [number, state] of [
      [3, 'failed'],
      [4, 'unknown'],
      [5, 'done'],
    ] as const) {
      await recordServers(store, later(number), { 'web-1': 8_000 });
      expect(await act(store, later(number), state)).toEqual(['web-1 recovered started']);
    }
    await recordServers(store, later(6), { 'web-1': 8_000 });
    expect(await act(store, later(6), 'done')).toEqual([]);
    await store.close();
  });

  test('never exceeds a limit together, when two runs decide at the same time', async () => {
    const address = await newStore();
    const stores = await Promise.all([openStore(address), openStore(address)]);
    await recordServers(stores[0], later(1), { 'web-1': 5_000, 'web-2': 5_000 });
    await recordServers(stores[1], later(2), { 'web-3': 5_000, 'web-4': 5_000 });
    const claims = await Promise.all(
      stores.map((store, index) => store.claimActions(requestOf(later(index + 1)), decider))
    );
    expect(claims.map((each) => each.map(({ state }) => state)).sort()).toEqual([
      ['held_back', 'held_back'],
      ['started', 'started'],
    ]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('follows the latest measurement of a server: a long run does not undo what a short one has done meanwhile', async () => {
    const store = await openStore(await newStore());
    const at = (minute: string): string => `2026-11-29T02:${minute}:00.000Z`;
    await recordServers(store, later(1), { 'web-1': 8_000, 'web-2': 5_000, 'web-3': 5_000 }, at('10'));
    await recordServers(store, later(2), { 'web-1': 5_000, 'web-2': 8_000 }, at('20'));
    expect(await act(store, later(2), 'done')).toEqual(['web-1 failed started']);
    expect(await act(store, later(1), 'done')).toEqual(['web-3 failed started']);
    await recordServers(store, later(3), { 'web-1': 8_000 }, at('30'));
    expect(await act(store, later(3), 'done')).toEqual(['web-1 recovered started']);
    await store.close();
  });

  test('has an end when the run does not know of it: a later run does it', async () => {
    const store = await openStore(await newStore());
    await recordServers(store, key, { 'web-1': 5_000 });
    await store.claimActions(requestOf(key), decider);
    const { servers } = (await store.readReport(key.run).then((read) => ('report' in read ? read.report : null)))!;
    await store.recordRun({
      ...sampleEnd(servers, [], key),
      actions: { claims: [], endedAt: '2026-11-30T02:01:00.000Z' },
    });
    await recordServers(store, later(1), { 'web-1': 5_000 });
    expect(await act(store, later(1), 'done')).toEqual(['web-1 failed started']);
    await store.close();
  });

  test('is told with the rows of its servers, and the same time in each attempt', async () => {
    const store = await openStore(await newStore());
    await recordServers(store, key, { 'web-1': 5_000, 'web-2': 5_000 });
    await store.claimActions(requestOf(key), decider);
    const called = await store.readCalled(key, 'drain', ['web-2', 'web-1']);
    expect(called).toMatchObject({ run: { run: key.run, schedule: null }, claimedAt: '2026-11-30T02:00:00.000Z' });
    expect(called!.rows.map(({ serverId }) => serverId)).toEqual(['web-1', 'web-2']);
    expect(await store.readCalled({ run: 'other', temporalRunId: 'x' }, 'drain', ['web-1'])).toBeNull();
    await store.close();
  });
});
