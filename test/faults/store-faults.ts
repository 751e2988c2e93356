import { setTimeout as delay } from 'node:timers/promises';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { unaffected, usualShape, type Fault } from './fault.ts';
import type { Round } from './round.ts';
import { expectStored, whileResultsAreWritten } from './stored-results.ts';

interface WithDatabase {
  round: Round;
  postgres: TestPostgres;
  results: StoreAddress;
}

const AWAY_MS = 120_000;

/** The run ends when all of its results are in the database, each once and whole. */
function databaseFault(
  name: string,
  inject: (during: WithDatabase) => Promise<void>,
  more: Partial<Omit<Fault, 'name' | 'play'>> = {}
): Fault {
  const play: Fault['play'] = async (round) => {
    const postgres = await startPostgres();
    try {
      const url = await postgres.createDatabase();
      const results: StoreAddress = { kind: 'postgres', url, password: null };
      const { lane, servers, benchmarks } = round;
      lane.configure(round.ledgerFile, { servers, benchmarks, store: url });
      const run = await round.start();
      await inject({ round, postgres, results });
      const report = await round.reportOf(run);
      await expectStored(results, report);
      return report;
    } finally {
      await postgres.stop('immediate');
    }
  };
  const usual = { seconds: 60, expected: unaffected, workers: 1, shape: usualShape, needsPostgres: true } as const;
  return { name, ...usual, ...more, play };
}

const databaseKilled = databaseFault('PostgreSQL and worker SIGKILL, restarted', async ({ round, postgres }) => {
  const { lane, random } = round;
  await round.randomMoment();
  for (const worker of lane.workers) worker.kill('SIGKILL');
  await postgres.stop('immediate');
  await lane.startWorker();
  await delay(random.between(0, 20_000));
  await postgres.start();
});

const workerKilled = databaseFault(
  'worker SIGKILL while results are written',
  async ({ round, results }) => {
    const { lane, random } = round;
    await whileResultsAreWritten(round, results);
    random.pick(lane.workers).kill('SIGKILL');
    await delay(random.between(0, 3000));
    await lane.startWorker();
  },
  { workers: 2 }
);

const everythingKilled = databaseFault(
  'Temporal, PostgreSQL and worker SIGKILL while results are written',
  async ({ round, results, postgres }) => {
    const { lane, random } = round;
    await whileResultsAreWritten(round, results);
    for (const worker of lane.workers) worker.kill('SIGKILL');
    await Promise.all([lane.temporal.kill(), postgres.stop('immediate')]);
    await delay(random.between(0, 3000));
    await Promise.all([lane.temporal.restart(), postgres.start()]);
    await lane.startWorker();
  }
);

const databaseAway = databaseFault(
  'PostgreSQL away for two minutes',
  async ({ round, postgres }) => {
    await round.randomMoment();
    await postgres.stop(round.random.pick(['fast', 'immediate']));
    await delay(AWAY_MS);
    await postgres.start();
  },
  { seconds: 160, takesMinutes: true }
);

export const storeFaults: readonly Fault[] = [databaseKilled, workerKilled, everythingKilled, databaseAway];
