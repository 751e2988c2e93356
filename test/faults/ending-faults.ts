import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { serverWorkflowId } from '../../src/domain/servers/server.ts';
import { eventually } from '../support/processes.ts';
import { usualShape, type Fault } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import { newRound, type Round } from './round.ts';
import { startTemporalProcess } from './temporal-process.ts';
import { startWorkerProcess } from './worker-process.ts';

/** The server that has the fault. */
const FAULTY_SERVER = 'web-1';

function faultyServerOf({ servers }: Round): FaultyServer {
  return servers.find(({ serverId }) => serverId === FAULTY_SERVER)!;
}

/** The next run of a server removes everything that a terminated run left there. */
async function runAgain({ lane, name, random, benchmarks, servers }: Round): Promise<void> {
  const faulty = servers.filter(({ serverId }) => serverId === FAULTY_SERVER);
  const again = newRound(lane, `${name}-again`, random, { servers: faulty, benchmarks });
  const report = await again.reportOf(await again.start());
  const verdict = report?.servers[0]?.verdict;
  if (verdict !== 'pass')
    throw new Error(`the next run of ${FAULTY_SERVER} came to ${verdict}: ${JSON.stringify(report)}`);
}

/** The login succeeds, but no shell answers, as with a home directory on a dead mount. */
const hungShell: Fault = {
  name: 'hung shell',
  ...{ seconds: 70, workers: 1 },
  expected: {
    text: 'ServerUnresponsive, at most 20 s after the limit',
    error: { serverId: FAULTY_SERVER, type: 'ServerUnresponsive' },
  },
  shape: (lane, random) => ({
    ...usualShape(lane, random),
    limits: { timeout: '10s', answerTimeout: '20s' },
  }),
  async play(round) {
    const run = await round.start();
    await round.randomMoment();
    faultyServerOf(round).hangShells();
    const report = await round.reportOf(run);
    faultyServerOf(round).resumeShells();
    await runAgain(round);
    return report;
  },
};

/** A second Temporal with its own worker, on the same servers; neither knows of the first. */
const twoTemporals: Fault = {
  name: 'two Temporals',
  ...{ seconds: 60, workers: 1, expected: { text: '0 / 0 / 0, the second run is busy' } },
  shape: ({ servers }) => ({ servers, benchmarks: { cpu: 30 } }),
  async play(round) {
    const { lane, servers, random } = round;
    const folder = join(lane.folder, `second-${round.name}`);
    mkdirSync(folder);
    const temporal = await startTemporalProcess(folder);
    const worker = await startWorkerProcess(lane.folder, temporal.address);
    const connection = await Connection.connect({ address: temporal.address });
    try {
      const run = await round.start();
      for (const { serverId } of servers) await round.started(serverId, 'cpu');
      await delay(random.between(0, 10_000));
      const options = { taskQueue: 'fleetmark', workflowId: 'second', args: [] };
      const second = await new Client({ connection }).workflow.start('benchmarkFleet', {
        ...options,
        args: [{ limit: servers.map(({ serverId }) => serverId) }],
      });
      const { counts } = (await second.result()) as FleetReport;
      if (counts.busy !== servers.length) throw new Error(`the second run came to ${JSON.stringify(counts)}`);
      return await round.reportOf(run);
    } finally {
      worker.kill('SIGKILL');
      await worker.ended;
      await connection.close();
      await temporal.kill();
    }
  },
};

/** Applies the fault to the workflow of a server, if it is running. */
function workflowFault(inject: (round: Round, server: WorkflowHandle) => Promise<void>): Fault['play'] {
  return async (round) => {
    const { client } = round.lane;
    const run = await round.start();
    await round.randomMoment();
    const server = client.workflow.getHandle(serverWorkflowId(FAULTY_SERVER));
    const isUnderWay = await server.describe().then(
      ({ status }) => status.name === 'RUNNING',
      () => false // not started yet
    );
    if (isUnderWay) await inject(round, server);
    const report = await round.reportOf(run);
    await eventually(
      async () => (await server.describe()).status.name,
      (status) => status !== 'RUNNING',
      60_000
    );
    return report;
  };
}

const terminated: Fault = {
  name: 'terminate',
  ...{ seconds: 40, workers: 1, shape: usualShape },
  expected: {
    text: 'Terminated; the next run leaves nothing',
    error: { serverId: FAULTY_SERVER, type: 'Terminated' },
  },
  async play(round) {
    const play = workflowFault(async ({ lane, random }, server) => {
      // With or without a running worker, which would notice it.
      const hasWorker = random.between(0, 1) < 0.5;
      if (!hasWorker) await lane.repair(0);
      await server.terminate('a fault').catch(() => {}); // it has already ended
      if (!hasWorker) await lane.repair(1);
    });
    const report = await play(round);
    await runAgain(round);
    return report;
  },
};

const reset: Fault = {
  name: 'reset',
  ...{ seconds: 40, workers: 1, shape: usualShape },
  expected: { text: 'measured again, which the report says', mayRepeat: true },
  play: workflowFault(async ({ lane, random }, server) => {
    const { runId } = await server.describe();
    const { events } = await server.fetchHistory();
    const ends = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    if (ends.length === 0) return;
    await lane.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: serverWorkflowId(FAULTY_SERVER), runId },
      workflowTaskFinishEventId: random.pick(ends).eventId!,
      requestId: randomUUID(),
      reason: 'a fault',
    });
  }),
};

export const endingFaults: Fault[] = [hungShell, twoTemporals, terminated, reset];
