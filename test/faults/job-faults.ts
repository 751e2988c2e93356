import { serverWorkflowId } from '../../src/domain/servers/server.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/processes.ts';
import { temporaryFault, usualShape, type Fault } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Lane } from './lane.ts';
import { newRound, type Round } from './round.ts';

const cancelled = temporaryFault(
  'cancelled',
  async (_round, run) => {
    await run.cancel();
  },
  { expected: { text: 'what was measured stays in the report, the rest ends', cancelled: true } }
);

const cancelledInABlackHole = temporaryFault(
  'black hole, cancelled in it',
  async (round, run) => {
    for (const { proxy } of round.servers) proxy.blackHole();
    await delay(round.random.between(0, 5000));
    await run.cancel();
    await delay(round.random.between(0, 5000));
    for (const { proxy } of round.servers) proxy.pass();
  },
  { expected: cancelled.expected, seconds: 25 }
);

/** Resolves at a random moment while a benchmark runs on this server. */
async function midway(round: Round, { serverId }: FaultyServer): Promise<void> {
  const names = Object.keys(round.benchmarks);
  const benchmark = round.random.pick(names);
  await round.started(serverId, benchmark);
  await delay(round.random.between(0, (round.benchmarks[benchmark]! - 0.5) * 1000));
}

/** Kills the runner of the job; its command is not touched. */
const jobKilled: Fault = {
  name: 'remote job SIGKILL',
  ...{ seconds: 20, workers: 1, shape: usualShape },
  expected: { text: 'measured once more, which the report says: 1 repeated', repeated: 1 },
  async play(round) {
    const run = await round.start();
    const server = round.random.pick(round.servers);
    await midway(round, server);
    for (const pid of server.runners()) process.kill(pid, 'SIGKILL');
    return round.reportOf(run);
  },
};

/** SIGSTOP for all processes of the job, as by a debugger, a freezer or an operator, and later SIGCONT. */
const stopped: Fault = {
  name: 'the benchmark is stopped for part of the time',
  ...{ seconds: 25, workers: 1 },
  expected: { text: 'Inconclusive or pass, never fail; a repeat is said', mayBeInconclusive: true },
  shape: ({ servers }, random) => ({
    ...{ servers: servers.slice(0, 1), benchmarks: { cpu: random.integer(2, 4) }, loadsAllCpus: true },
  }),
  async play(round) {
    const run = await round.start();
    const [server] = round.servers;
    await round.started(server!.serverId, 'cpu');
    await delay(round.random.between(0, 1500));
    const pids = server!.jobProcesses();
    signal(pids, 'SIGSTOP');
    await delay(round.random.between(1000, 4000));
    signal(pids, 'SIGCONT');
    return round.reportOf(run);
  },
};

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // gone meanwhile
    }
  }
}

const diskFull: Fault = {
  name: 'disk full',
  ...{ seconds: 15, workers: 1, needsUnshare: true },
  expected: { text: 'HostUnsuitable', error: { serverId: 'small', type: 'HostUnsuitable' } },
  shape: (lane, random) => ({
    ...usualShape(lane, random),
    servers: [lane.servers[0]!, lane.smallDiskServer!],
  }),
  async play(round) {
    const run = await round.start();
    const { smallDiskServer: small } = round.lane;
    await midway(round, small!);
    small!.fillDisk();
    const report = await round.reportOf(run);
    small!.emptyDisk();
    return report;
  },
};

/**
 * Bytes that a worker sends to a server until its first benchmark starts; for each lane, because they include its
 * names.
 */
const untilStart = new WeakMap<Lane, number>();

async function countBytesUntilStart({ lane, random, name, servers, benchmarks }: Round): Promise<number> {
  const round = newRound(lane, `${name}-counted`, random, { servers, benchmarks });
  await lane.startWorker(); // opens a new connection
  const run = await round.start();
  await round.started(servers[0]!.serverId, 'cpu');
  const bytes = servers[0]!.proxy.sent();
  await round.reportOf(run);
  await lane.repair(0);
  return bytes;
}

/**
 * The worker dies while the start command of a benchmark is being sent; the command arrives after the run has ended.
 */
const lateStart: Fault = {
  name: 'cancelled, its start arrives after the end',
  ...{ seconds: 50, workers: 0 },
  expected: { text: 'nothing starts', cancelled: true, nothingStarts: true },
  shape: ({ servers }) => ({ servers: servers.slice(0, 1), benchmarks: { cpu: 2 } }),
  async play(round) {
    const { lane, random } = round;
    const { proxy } = round.servers[0]!;
    const bytes = untilStart.get(lane) ?? (await countBytesUntilStart(round));
    untilStart.set(lane, bytes);
    const held = proxy.holdAfter(bytes - random.integer(100, 6000));
    await lane.startWorker();
    newRound(lane, round.name, random, round); // overwrites the configuration of the counting round
    const run = await round.start();
    await held;
    await run.cancel();
    await hasCancelled(lane, round.servers[0]!);
    lane.workers[0]!.kill('SIGKILL');
    await lane.startWorker();
    const report = await round.reportOf(run);
    proxy.pass();
    // The connection of the dead worker delivers the held bytes and ends; that of the new worker remains.
    await eventually(
      () => proxy.connections(),
      (count) => count <= 1,
      30_000
    );
    await delay(2000); // time for a late start, which would be an error
    return report;
  },
};

/** Resolves when the workflow of the server has requested the cancellation of its benchmark: no attempt follows. */
async function hasCancelled({ client }: Lane, { serverId }: FaultyServer): Promise<void> {
  const workflow = client.workflow.getHandle(serverWorkflowId(serverId));
  await eventually(
    async () => (await workflow.fetchHistory()).events ?? [],
    (events) => events.some((event) => event.activityTaskCancelRequestedEventAttributes),
    30_000
  );
}

export const jobFaults: Fault[] = [cancelled, cancelledInABlackHole, jobKilled, stopped, diskFull, lateStart];
