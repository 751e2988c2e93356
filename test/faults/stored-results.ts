import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { StoredRecords } from '../../src/domain/records/stored-runs.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { openDatabase } from '../store/open-database.ts';
import { eventually } from '../support/processes.ts';
import type { Round } from './round.ts';

/** The servers of a round end within about this time. */
const WRITING_MS = 1_500;
const LIMIT_MS = 120_000;

/** Resolves at a random moment after the first server of a run is in the store. */
export async function whileResultsAreWritten({ random }: Round, results: StoreAddress): Promise<void> {
  await eventually(
    () => countServers(results).catch(() => 0), // not made yet
    (count) => count > 0,
    LIMIT_MS
  );
  await delay(random.between(0, WRITING_MS));
}

async function countServers(results: StoreAddress): Promise<number> {
  const { db, close } = await openDatabase(results);
  return db
    .selectFrom('servers')
    .select('server_id')
    .execute()
    .then((rows) => rows.length)
    .finally(close);
}

/** @throws Error if the store has another report of the last run, or not all of its samples and outputs */
export async function expectStored(results: StoreAddress, report: FleetReport | null): Promise<void> {
  const store = await openStore(results);
  try {
    const read = await store.readReport('last');
    if (report === null || !('report' in read) || !isDeepStrictEqual(read.report, report))
      throw new Error(`the store has another report: ${JSON.stringify(read)}, and not ${JSON.stringify(report)}`);
    const serverIds = report.servers.map((row) => row.serverId);
    const limits = { maxOutput: Infinity, maxAll: Infinity };
    const problems = incomplete(report, await store.readFullRecords(report, { serverIds, ...limits }));
    if (problems.length > 0) throw new Error(`the store lacks ${problems.join(', ')}`);
  } finally {
    await store.close();
  }
}

function incomplete(report: FleetReport, { samples, outputs }: StoredRecords): string[] {
  return report.servers.flatMap(({ serverId, benchmarks }) =>
    benchmarks.flatMap(({ benchmark, measurements }) => {
      if (measurements.length === 0) return [];
      const texts = outputs.filter((each) => each.serverId === serverId && each.benchmark === benchmark);
      const lacking = measurements.filter(({ metric, samples: count }) => {
        const found = samples.filter((each) => each.serverId === serverId && each.metric === metric);
        return found.length !== 1 || found[0]!.samples.length !== count;
      });
      return [
        ...(texts.some(({ text }) => text !== null && text !== '')
          ? []
          : [`the output of ${benchmark} on ${serverId}`]),
        ...lacking.map(({ metric }) => `the samples of ${metric} on ${serverId}`),
      ];
    })
  );
}
