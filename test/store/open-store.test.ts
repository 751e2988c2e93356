import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CompiledQuery } from 'kysely';
import type { RunStart } from '../../src/domain/records/records.ts';
import { truncateRow } from '../../src/domain/reports/truncate-row.ts';
import { unmeasuredRow, type ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { jsonText } from '../../src/reports/runs/json.ts';
import { openExisting, openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { key, sampleEnd, sampleServer, sampleStart } from './sample-records.ts';
import { startWriter } from './writer.ts';
import { openDatabase } from './open-database.ts';
import { contentOf, onEachStore } from './stores.ts';

const web = ['web-3', 'web-1', 'web-2'];
const records = web.map((serverId, index) => sampleServer(serverId, 8_000 - index * 900));
const skipped = unmeasuredRow('lb-1', 'skip', null, 'not reached by SSH');
const rows = [...records.map(({ row }) => row), skipped];

async function recordAll(store: ResultsStore): Promise<void> {
  await store.startRun(sampleStart([...web, 'lb-1']));
  for (const record of records) await store.recordServer(record);
  expect(await store.recordRun(sampleEnd(rows, [skipped]))).toEqual([]);
}

onEachStore('a results store', (newStore) => {
  test('returns the report of a run byte for byte', async () => {
    const store = await openStore(await newStore());
    await recordAll(store);
    const { report } = sampleEnd(rows);
    const read = await store.readReport('last');
    expect(read).toMatchObject({ hasEnded: true });
    expect('report' in read && jsonText(read.report)).toBe(jsonText({ ...report, servers: rows }));
    await store.close();
  });

  test('keeps samples, limits, evidence, machine facts and the output of each benchmark', async () => {
    const address = await newStore();
    const store = await openStore(address);
    await recordAll(store);
    await store.close();
    const { servers, measurements, outputs } = await contentOf(address);
    expect(servers![3]).toMatchObject({
      ...{ server_id: 'web-3', verdict: 'pass', hardware_class: 'c5', cpu_model: 'EPYC 9654', cpus: 96, gpus: 0 },
    });
    expect(measurements![0]).toMatchObject({
      ...{ server_id: 'web-1', metric: 'cpu.events_per_second', median: 7_100, limit_min: 7_200, limit_max: null },
      ...{ unit: 'events/s', better: 'higher', samples: '[7090,7100,7110]' },
    });
    const [output] = outputs as { output: string; evidence: string; tool_version: string }[];
    expect(output).toMatchObject({ tool: 'sysbench', tool_version: '1.0.20', evidence: '[null,null,null]' });
    expect(gunzipSync(Buffer.from(output!.output, 'hex')).toString()).toBe('events per second: 7100\n');
  });

  test('loses nothing if it was opened before in its process, and another process opens and closes it meanwhile', async () => {
    const address = await newStore();
    await (await openStore(address)).close(); // as `up` and `run` do before they create a worker
    const store = await openStore(address);
    await (await openStore(address)).close(); // as a report in the process of the worker does
    await store.recordServer(records[0]!);
    await startWriter(address, 'other', 1).ended;
    await store.recordServer(records[1]!);
    await store.recordServer(records[2]!);
    const found = (await contentOf(address))['servers'] as { server_id: string }[];
    expect(found.map(({ server_id: serverId }) => serverId).sort()).toEqual(['other-0', ...web.toSorted()]);
    await store.close();
  });

  test('is the same after writes in any order and number', { timeout: 240_000 }, async () => {
    const wholeAddress = await newStore();
    const whole = await openStore(wholeAddress);
    await recordAll(whole);
    await whole.close();
    const expected = await contentOf(wholeAddress);
    const steps: ((store: ResultsStore) => Promise<unknown>)[] = [
      (store) => store.startRun(sampleStart([...web, 'lb-1'])),
      ...records.map((record) => (store: ResultsStore) => store.recordServer(record)),
      (store) => store.recordRun(sampleEnd(rows, [skipped])),
    ];
    const all = steps.map((_, index) => index);
    const orders = fc.shuffledSubarray([...all, ...all, ...all], { minLength: 3 * all.length });
    const check = async (order: number[]): Promise<void> => {
      const address = await newStore();
      const store = await openStore(address);
      for (const index of order) await steps[index]!(store);
      // The run has ended only when all of its servers are there: its activity is tried until then.
      await store.recordRun(sampleEnd(rows, [skipped]));
      await store.close();
      expect(await contentOf(address)).toEqual(expected);
    };
    await fc.assert(fc.asyncProperty(orders, check), { numRuns: 12 });
  });

  test('names the servers that no one has recorded, and has not ended without them', async () => {
    const store = await openStore(await newStore());
    await store.startRun(sampleStart([...web, 'lb-1']));
    await store.recordServer(records[0]!);
    expect(await store.recordRun(sampleEnd(rows, [skipped]))).toEqual(['web-1', 'web-2']);
    expect((await store.listRuns({ limit: 5, since: null, failed: false }))[0]).toMatchObject({ endedAt: null });
    expect(await store.recordRun(sampleEnd(rows, rows))).toEqual([]);
    expect((await store.listRuns({ limit: 5, since: null, failed: false }))[0]).toMatchObject({ requested: 4 });
    await store.close();
  });

  test.each(['first', 'last'])(
    'keeps the complete row of a server when the truncated one of the run comes %s',
    async (when) => {
      const store = await openStore(await newStore());
      const [record] = records;
      const changed = { ...record!.row, notes: ['has the same host key as web-9', ...record!.row.notes] };
      const truncated = truncateRow(changed, 600);
      expect(truncated.truncated).not.toBeNull();
      const end = sampleEnd([record!.row], [truncated]);
      if (when === 'first') await store.recordRun(end);
      await store.recordServer(record!);
      await store.recordRun(end);
      const read = await store.readReport('last');
      expect('report' in read && read.report.servers).toEqual([changed]);
      await store.close();
    }
  );

  test('takes the verdict that the run has changed, and the rest of a truncated row from the server', async () => {
    const store = await openStore(await newStore());
    const failed = sampleServer('web-1', 5_000);
    const error = { type: 'Inconclusive', message: 'web-2, which seems to be the same machine, was measured too' };
    const truncated = { parts: ['machine'], workflowId: 'server/web-1' };
    const changed: ServerRow = { ...failed.row, verdict: 'error', error, reason: null, truncated };
    await store.recordServer(failed);
    await store.recordRun(sampleEnd([changed], [{ ...changed, machine: null, benchmarks: [] }]));
    await store.recordServer(failed);
    const read = await store.readReport('last');
    expect('report' in read && read.report.servers[0]).toMatchObject({
      ...{ verdict: 'error', error, machine: failed.row.machine, truncated: null },
    });
    await store.close();
  });

  test('is written by several at once without a loss or a duplicate', async () => {
    const address = await newStore();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(address)));
    await Promise.all(stores.flatMap((store) => [...records, ...records].map((record) => store.recordServer(record))));
    await Promise.all(stores.map((store) => store.recordRun(sampleEnd(rows, [skipped]))));
    await Promise.all(stores.map((store) => store.close()));
    const { runs, servers, measurements, outputs } = await contentOf(address);
    expect([runs!.length, servers!.length, measurements!.length, outputs!.length]).toEqual([1, 4, 3, 3]);
  });

  test('shows a run that is under way with what has ended', async () => {
    const store = await openStore(await newStore());
    await store.startRun(sampleStart([...web, 'lb-1']));
    const failed = (): Promise<unknown[]> => store.listRuns({ limit: 5, since: null, failed: true });
    expect(await failed()).toEqual([]);
    await store.recordServer(records[1]!);
    const [listed] = await store.listRuns({ limit: 5, since: null, failed: false });
    expect(await failed()).toEqual([listed]);
    expect(listed).toMatchObject({
      ...key,
      endedAt: null,
      note: 'nightly',
      requested: 4,
      counts: { fail: 1, pass: 0 },
    });
    const read = await store.readReport('last');
    expect(read).toMatchObject({ hasEnded: false, report: { unfinished: true, requested: 4, failed: ['web-1'] } });
    expect(read).toMatchObject({ report: { counts: { fail: 1, not_reached: 3 } } });
    expect('report' in read && read.report.servers.map(({ serverId }) => serverId)).toEqual([...web, 'lb-1']);
    await store.close();
  });

  test('lists the last runs first, since a time, and only failed ones', async () => {
    const store = await openStore(await newStore());
    for (const day of ['27', '28', '29']) await recordDay(store, day, day === '28' ? 5_000 : 8_000);
    const ids = async (filter: object) =>
      (await store.listRuns({ limit: 9, since: null, failed: false, ...filter })).map(({ run }) => run);
    expect(await ids({})).toEqual(['nightly-29', 'nightly-28', 'nightly-27']);
    expect(await ids({ limit: 1 })).toEqual(['nightly-29']);
    expect(await ids({ since: '2026-11-28T00:00:00.000Z' })).toEqual(['nightly-29', 'nightly-28']);
    expect(await ids({ failed: true })).toEqual(['nightly-28']);
    const [last] = await store.listRuns({ limit: 1, since: null, failed: false });
    expect(last).toMatchObject({ schedule: 'nightly', startedAt: '2026-11-29T02:00:00.000Z', seconds: 61.4 });
    await store.close();
  });

  test('lists which run an ended one retries, by any id', async () => {
    const store = await openStore(await newStore());
    const retryOf = `it's a "run" \\ $.x\n`;
    const end = sampleEnd([sampleServer('web-1').row], [sampleServer('web-1').row]);
    await store.recordRun({ ...end, report: { ...end.report, retryOf } });
    expect(await store.listRuns({ limit: 1, since: null, failed: false })).toMatchObject([{ retryOf }]);
    await store.close();
  });

  test('removes what is older than it keeps, but not the current run', async () => {
    const address = await newStore();
    const store = await openStore(address);
    for (const day of ['27', '28', '29']) await recordDay(store, day, 8_000);
    const day = 24 * 60 * 60 * 1000;
    const current = { run: 'nightly-28', temporalRunId: 'run-28' };
    expect(await store.prune(Date.now() - Date.parse('2026-11-29T00:00:00Z'), current)).toBe(1);
    expect(await store.prune(day * 10_000, current)).toBe(0);
    await store.close();
    const { runs, servers, measurements, outputs } = await contentOf(address);
    expect([runs, servers, measurements, outputs].map((each) => each!.length)).toEqual([2, 2, 2, 2]);
  });

  test('keeps texts with every character, and numbers that JSON does not have', async () => {
    const store = await openStore(await newStore());
    const record = sampleServer('web-1');
    const hostile = 'a\0b \ud800 \u2028 \x1b[31m \'); drop table runs; -- "';
    const [benchmark] = record.benchmarks;
    const measurements = [{ ...benchmark!.measurements[0]!, value: Number.NaN, samples: [Number.NaN] }];
    const row = { ...record.row, reason: hostile, notes: [hostile] };
    const results = [{ ...benchmark!.results[0]!, raw: hostile, toolVersion: hostile }];
    await store.recordServer({ ...record, row, benchmarks: [{ ...benchmark!, measurements, results }] });
    await store.recordRun(sampleEnd([row]));
    const read = await store.readReport('last');
    expect('report' in read && read.report.servers[0]).toMatchObject({ reason: hostile, notes: [hostile] });
    await store.close();
  });

  test('has columns whose names need no quotes', async () => {
    const address = await newStore();
    const store = await openStore(address);
    await recordAll(store);
    await store.close();
    const database = await openDatabase(address);
    const text =
      'select r.run, r.pass, r.fail, r.error, r.measured, r.skip, r.busy, s.verdict, s.report_row, s.system, m.median, ' +
      'm.limit_min, m.position, m.device, m.samples, o.output from runs r join servers s on s.run_id = r.id ' +
      'left join measurements m on m.run_id = r.id and m.server_id = s.server_id ' +
      'left join outputs o on o.run_id = r.id and o.server_id = s.server_id';
    const { rows: found } = await database.db.executeQuery(CompiledQuery.raw(text));
    expect(found).toHaveLength(4);
    await database.close();
  });
});

async function recordDay(store: ResultsStore, day: string, events: number): Promise<void> {
  const about: Partial<RunStart> = {
    ...{ run: `nightly-${day}`, temporalRunId: `run-${day}`, schedule: 'nightly' },
    startedAt: `2026-11-${day}T02:00:00.000Z`,
  };
  const { schedule: _, ...ofServer } = about;
  const record = sampleServer('web-1', events, ofServer);
  await store.recordServer({ ...record, runStartedAt: about.startedAt! });
  await store.recordRun(sampleEnd([record.row], [], about));
}

describe('the store of an address', () => {
  test('is null for reading if the file does not exist, and is not created', async () => {
    expect(await openExisting({ kind: 'sqlite', file: '/nonexistent/results.db' })).toBeNull();
  });

  test('is refused if the file is none of SQLite, with the name of the file', async () => {
    await expect(openStore({ kind: 'sqlite', file: import.meta.filename })).rejects.toMatchObject({
      ...{ kind: 'InvalidConfig', message: expect.stringContaining('open-store.test.ts cannot be used') },
    });
  });

  test('is not refused, but does not work, while no PostgreSQL answers', async () => {
    const url = 'postgres://fleetmark@127.0.0.1:1/results';
    await expect(openStore({ kind: 'postgres', url, password: null })).rejects.toMatchObject({
      ...{ name: 'StoreAway', message: expect.stringContaining('postgres://127.0.0.1:1/results does not work') },
    });
  });
});
