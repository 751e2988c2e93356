import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startFleetmark } from '../end-to-end/command-line.ts';
import { eventually } from '../support/processes.ts';
import { temporaryFault, usualShape, type Fault } from './fault.ts';

const SHUTDOWN_LIMIT_MS = 30_000;
/** The heartbeat timeout, in seconds: until then a dead worker is not noticed. */
const HEARTBEAT_TIMEOUT_S = 45;

const workerKilled = temporaryFault(
  'worker SIGKILL',
  async ({ lane, random }) => {
    random.pick(lane.workers).kill('SIGKILL');
    await delay(random.between(0, 3000));
    await lane.startWorker();
  },
  { seconds: HEARTBEAT_TIMEOUT_S, workers: 2 }
);

const workerTerminated = temporaryFault(
  'worker SIGTERM',
  async ({ lane, random }) => {
    const worker = random.pick(lane.workers);
    worker.kill('SIGTERM');
    await eventually(() => worker.hasEnded(), Boolean, SHUTDOWN_LIMIT_MS).catch(() => {
      throw new Error(`the worker did not end within ${SHUTDOWN_LIMIT_MS / 1000} s of its SIGTERM`);
    });
    await lane.startWorker();
  },
  { workers: 2 }
);

const allWorkersKilled = temporaryFault(
  'all workers SIGKILL',
  async ({ lane, random }) => {
    for (const worker of lane.workers) worker.kill('SIGKILL');
    await delay(random.between(0, 5000));
    await lane.startWorker();
  },
  { seconds: HEARTBEAT_TIMEOUT_S, workers: 2 }
);

const clockJumped = temporaryFault('clock of the worker jumps up to 2 h', async ({ lane, random }) => {
  const hours = random.between(0.05, 2) * random.pick([-1, 1]);
  for (const worker of lane.workers) worker.jumpClock(Math.round(hours * 3_600_000));
  return Promise.resolve();
});

const temporalKilled = temporaryFault(
  'Temporal SIGKILL, restarted',
  async ({ lane, random }) => {
    await lane.temporal.kill();
    await delay(random.between(0, 5000));
    await lane.temporal.restart();
  },
  { seconds: 25 }
);

const everythingKilled = temporaryFault(
  'Temporal and all workers SIGKILL',
  async ({ lane, random }) => {
    for (const worker of lane.workers) worker.kill('SIGKILL');
    await lane.temporal.kill();
    await delay(random.between(0, 3000));
    await lane.temporal.restart();
    await lane.startWorker();
  },
  { seconds: HEARTBEAT_TIMEOUT_S }
);

// Generous, because other tests may load the 2 cores; on a quiet machine it takes 12 s and 10 s.
const REPORTED_WITHIN_S = 60;
const EXIT_WITHIN_S = 30;

/** Temporal lists the poller of a dead worker for minutes, so a run starts although no worker takes it. */
const freshlyDeadWorker: Fault = {
  name: 'freshly dead worker',
  ...{ seconds: 45, workers: 1, shape: usualShape },
  expected: {
    text: 'reported within 60 s, exits within 30 s of a signal; nothing starts',
    cancelled: true,
    nothingStarts: true,
  },
  async play({ lane, random, servers, reportOf }) {
    for (const worker of lane.workers) worker.kill('SIGKILL');
    await Promise.all(lane.workers.map(({ ended }) => ended));
    await delay(random.between(0, 5000));
    const settings = {
      TEMPORAL_ADDRESS: lane.temporal.address,
      FLEETMARK_CONFIG: join(lane.folder, 'fleetmark.yaml'),
    };
    const limits = servers.flatMap(({ serverId }) => ['--limit', serverId]);
    const run = startFleetmark(lane.folder, ['run', '--yes', ...limits], settings);
    await run.waitFor(/^Getting ready/m);
    const reported = within(REPORTED_WITHIN_S, 'reported', run.waitFor(/^no worker has polled for \d+ s: waiting/m));
    await reported.finally(() => run.process.kill(random.pick(['SIGINT', 'SIGTERM'])));
    const { exitCode, stderr } = await within(EXIT_WITHIN_S, 'exited', run.ended);
    if (exitCode !== 130 && exitCode !== 143) throw new Error(`it ended with ${exitCode}: ${stderr}`);
    const runId = /^Run (\S+)$/m.exec(stderr)?.[1];
    if (runId === undefined) return null; // the worker had not polled yet, so no run was started
    await lane.startWorker();
    return reportOf(lane.client.workflow.getHandle(runId));
  },
};

async function within<T>(seconds: number, what: string, done: Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await done;
  const took = (performance.now() - begin) / 1000;
  if (took > seconds) throw new Error(`${what} after ${took.toFixed(1)} s, not within ${seconds} s`);
  return result;
}

export const processFaults: Fault[] = [
  workerKilled,
  workerTerminated,
  allWorkersKilled,
  clockJumped,
  temporalKilled,
  everythingKilled,
  freshlyDeadWorker,
];
