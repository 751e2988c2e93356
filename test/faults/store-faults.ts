import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { startPostgres } from '../support/postgres.ts';
import { unaffected, usualShape, type Fault } from './fault.ts';

/** The run ends when the database is there again and has all results. */
const databaseKilled: Fault = {
  name: 'PostgreSQL and worker SIGKILL, restarted',
  ...{ seconds: 60, expected: unaffected, workers: 1, shape: usualShape, needsPostgres: true },
  async play({ lane, random, ...round }) {
    const postgres = await startPostgres();
    try {
      const url = await postgres.createDatabase();
      const { servers, benchmarks } = round;
      lane.configure(round.ledgerFile, { servers, benchmarks, store: url });
      const run = await round.start();
      await round.randomMoment();
      for (const worker of lane.workers) worker.kill('SIGKILL');
      await postgres.stop('immediate');
      await lane.startWorker();
      await delay(random.between(0, 20_000));
      await postgres.start();
      const report = await round.reportOf(run);
      await expectStored({ kind: 'postgres', url, password: null }, report);
      return report;
    } finally {
      await postgres.stop('immediate');
    }
  },
};

/** @throws Error if the store has another report of the last run */
export async function expectStored(address: StoreAddress, report: FleetReport | null): Promise<void> {
  const store = await openStore(address);
  const read = await store.readReport('last').finally(() => store.close());
  if (report !== null && 'report' in read && isDeepStrictEqual(read.report, report)) return;
  throw new Error(`the store has another report: ${JSON.stringify(read)}, and not ${JSON.stringify(report)}`);
}

export const storeFaults: readonly Fault[] = [databaseKilled];
