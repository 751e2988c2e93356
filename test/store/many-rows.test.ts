import { expect, test } from 'vitest';
import type { Kysely, KyselyPlugin, Transaction } from 'kysely';
import { decide } from '../../src/domain/actions/claims.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { claimActions } from '../../src/store/claim-actions.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import type { Tables } from '../../src/store/tables.ts';
import { writeEnd } from '../../src/store/write-run.ts';
import { serverNumber } from './fill-store.ts';
import { openDatabase } from './open-database.ts';
import { key, sampleEnd, sampleServer } from './sample-records.ts';
import { onEachStore } from './stores.ts';

const drain: ActionSettings = {
  ...{ name: 'drain', verdicts: ['fail'], onRecovery: true, per: 'server', asServersEnd: false, dryRun: false },
  ...{ limit: null, does: { kind: 'command', command: ['drain'], undo: ['undrain'], timeoutMs: 1_000 } },
};

const later = { run: 'later', temporalRunId: 'id-later' };

/** Rows of servers that all fail, or all pass. */
function rowsOf(servers: number, events: number): ServerRow[] {
  return Array.from({ length: servers }, (_, index) => sampleServer(serverNumber(index), events).row);
}

function requestOf(of: typeof key) {
  const about = { actions: ['drain'], serverIds: null, unclassified: [], now: '2026-11-30T02:00:00.000Z' };
  return { ...of, ...about };
}

/** Calls back for each statement. */
function onStatement(db: Kysely<Tables>, told: () => void): Kysely<Tables> {
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      told();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return db.withPlugin(plugin);
}

/**
 * The numbers of statements of two runs, in the second of which all servers pass again: to write the rows, to decide what
 * an action does, and to write what it did.
 */
async function statementsFor(address: StoreAddress, servers: number): Promise<number[]> {
  const { db, kind, close } = await openDatabase(address);
  const isSqlite = kind === 'sqlite';
  const counts: number[] = [];
  const counted = async <Result>(work: (tx: Transaction<Tables>) => Promise<Result>): Promise<Result> => {
    let count = 0;
    const result = await onStatement(db, () => (count += 1))
      .transaction()
      .execute(work);
    counts.push(count);
    return result;
  };
  for (const [of, events] of [[key, 5_000] as const, [later, 8_000] as const]) {
    const rows = rowsOf(servers, events);
    await counted((tx) => writeEnd(tx, isSqlite, sampleEnd(rows, rows, of)));
    const claims = await counted((tx) =>
      claimActions(tx, isSqlite, requestOf(of), (_name, { rows: found, holds }) =>
        decide(drain, found, holds, new Map())
      )
    );
    expect(claims).toHaveLength(servers);
    const ended = claims.map((claim) => ({ ...claim, state: 'done' as const }));
    const actions = { claims: ended, endedAt: '2026-11-30T02:01:00.000Z' };
    await counted((tx) => writeEnd(tx, isSqlite, { ...sampleEnd(rows, [], of), actions }));
  }
  await close();
  return counts;
}

onEachStore('the end of a run', (newStore) => {
  test('takes no more statements for many servers than for one', async () => {
    const address = async (): Promise<StoreAddress> => {
      const made = await newStore();
      await (await openStore(made)).close();
      return made;
    };
    expect(await statementsFor(await address(), 300)).toEqual(await statementsFor(await address(), 1));
  });

  test('is complete with more servers than fit into a statement', async () => {
    const store = await openStore(await newStore());
    const rows = rowsOf(1_100, 5_000);
    expect(await store.recordRun(sampleEnd(rows, rows.slice(0, 600)))).toHaveLength(500);
    expect(await store.recordRun(sampleEnd(rows, rows))).toEqual([]);
    const read = await store.readReport('last');
    expect('report' in read && read.report.servers).toEqual(rows);
    const decider = (_name: string, about: Parameters<Parameters<typeof store.claimActions>[1]>[1]) =>
      decide(drain, about.rows, about.holds, new Map());
    const claims = await store.claimActions(requestOf(key), decider);
    expect(claims).toHaveLength(1_100);
    const ended = claims.map((claim) => ({ ...claim, state: 'failed' as const, message: `not ${claim.serverId}` }));
    await store.recordRun({
      ...sampleEnd(rows, []),
      actions: { claims: ended, endedAt: '2026-11-30T02:01:00.000Z' },
    });
    expect(await store.claimActions(requestOf(key), decider)).toEqual(ended);
    await store.recordRun(sampleEnd(rows, rows, later));
    expect(await store.claimActions(requestOf(later), decider)).toHaveLength(1_100); // none is held
    await store.close();
  });
});
