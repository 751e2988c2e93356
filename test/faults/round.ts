import type { WorkflowHandle } from '@temporalio/client';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { eventually } from '../support/processes.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Lane } from './lane.ts';
import { benchmarkOf, readLedger } from './ledger.ts';
import type { Entry } from './ledger.ts';
import type { Random } from './random.ts';

/** One run of a fleet, and what the fault needs to strike it. */
export interface Round {
  /** Unlike that of any other round of the lane. */
  name: string;
  lane: Lane;
  random: Random;
  /** Those that are benchmarked. */
  servers: FaultyServer[];
  /** Seconds that each takes. */
  benchmarks: Record<string, number>;
  ledgerFile: string;
  ledger(): Entry[];
  /** Resolves once the benchmark has started there. */
  started(serverId: string, benchmark: string): Promise<void>;
  /** Some moment of the undisturbed run. */
  someMoment(): Promise<void>;
  start(): Promise<WorkflowHandle>;
  /** Waits for the end of a run, through all that may happen to Temporal. Null: it has none. */
  reportOf(handle: WorkflowHandle): Promise<FleetReport | null>;
}

/** Connecting, looking at the server, cleaning up. */
const AROUND_SECONDS = 3;
const LIMIT_MS = 240_000;

export interface Shape {
  servers: FaultyServer[];
  benchmarks: Record<string, number>;
  /** They load all CPUs, and the evidence counts. */
  loadsAllCpus?: true;
  /** Of each benchmark, and of the server for an answer; else the usual ones. */
  limits?: { timeout: string; answerTimeout: string };
}

export function newRound(lane: Lane, name: string, random: Random, shape: Shape): Round {
  const { servers, benchmarks } = shape;
  const file = join(lane.folder, `ledger-${name}`);
  lane.configure(file, shape);
  const seconds = Object.values(benchmarks).reduce((sum, each) => sum + each, AROUND_SECONDS);
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
    someMoment: () => delay(random.between(0, seconds * 1000)),
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
