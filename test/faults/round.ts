import type { WorkflowHandle } from '@temporalio/client';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { eventually } from '../support/processes.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Lane } from './lane.ts';
import { benchmarkOf, readLedger, type Entry } from './ledger.ts';
import type { Random } from './random.ts';

/** One run of a fleet, with everything that a fault needs. */
export interface Round {
  /** Unique in the lane. */
  name: string;
  lane: Lane;
  random: Random;
  /** The servers to benchmark. */
  servers: FaultyServer[];
  /** The duration of each benchmark, in seconds. */
  benchmarks: Record<string, number>;
  ledgerFile: string;
  ledger(): Entry[];
  /** Resolves when the benchmark has started on this server. */
  started(serverId: string, benchmark: string): Promise<void>;
  /** Resolves at a random moment of the run. */
  randomMoment(): Promise<void>;
  start(): Promise<WorkflowHandle>;
  /** Waits for the end of a run, even if Temporal is down meanwhile. Null: the run has no report. */
  reportOf(handle: WorkflowHandle): Promise<FleetReport | null>;
}

/** Time to connect, check the server and clean up. */
const OVERHEAD_SECONDS = 3;
const LIMIT_MS = 240_000;

export interface Shape {
  servers: FaultyServer[];
  benchmarks: Record<string, number>;
  /** The benchmarks load all CPUs, and the limits of `quiet` are on. */
  loadsAllCpus?: true;
  /** The timeout of each benchmark, and the time for a server to answer; otherwise the defaults. */
  limits?: { timeout: string; answerTimeout: string };
  /** The results store of the workers. */
  store?: string;
}

export function newRound(lane: Lane, name: string, random: Random, shape: Shape): Round {
  const { servers, benchmarks } = shape;
  const file = join(lane.folder, `ledger-${name}`);
  lane.configure(file, shape);
  const seconds = Object.values(benchmarks).reduce((sum, each) => sum + each, OVERHEAD_SECONDS);
  return {
    ...{ name, lane, random, servers, benchmarks },
    ledgerFile: file,
    ledger: () => readLedger(file),
    async started(serverId, benchmark) {
      const isStart = (entry: Entry) => entry.serverId === serverId && benchmarkOf(entry) === benchmark;
      await eventually(() => readLedger(file).some(isStart), Boolean, 60_000).catch(() => {
        throw new Error(`${benchmark} did not start on ${serverId}`);
      });
    },
    randomMoment: () => delay(random.between(0, seconds * 1000)),
    start() {
      const args = [{ limit: servers.map(({ serverId }) => serverId) }];
      const options = { taskQueue: 'fleetmark', workflowId: `round-${name}`, args };
      return lane.client.workflow.start('benchmarkFleet', options);
    },
    reportOf,
  };
}

async function reportOf(handle: WorkflowHandle): Promise<FleetReport | null> {
  const deadline = Date.now() + LIMIT_MS;
  while (Date.now() < deadline) {
    try {
      const { status, memo } = await handle.describe();
      if (status.name === 'COMPLETED') return (await handle.result()) as FleetReport;
      if (status.name !== 'RUNNING') return (memo?.['report'] as FleetReport | undefined) ?? null;
    } catch {
      // Temporal is away
    }
    await delay(100);
  }
  throw new Error(`the run ${handle.workflowId} did not end within ${LIMIT_MS / 1000} s`);
}
