import { Client, Connection } from '@temporalio/client';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesWith } from '../support/processes.ts';
import { canUnshare, startFaultyServer, type FaultyServer } from './faulty-server.ts';
import { ledgerCommand, loadingCommand, readLedger } from './ledger.ts';
import type { Shape } from './round.ts';
import { startTemporalProcess, type TemporalProcess } from './temporal-process.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';
import { scoreCommand, writeFleetmarkYaml } from '../support/fleetmark-yaml.ts';

/** The Temporal, workers and servers for a sequence of rounds. Several lanes run in parallel. */
export interface Lane {
  folder: string;
  temporal: TemporalProcess;
  client: Client;
  workers: WorkerProcess[];
  /** `web-1`, `web-2` and `web-3`. */
  servers: FaultyServer[];
  /**
   * A server with a small disk that can be filled, and one with a link that can be cut; null without {@link
   * canUnshare}.
   */
  smallDiskServer: FaultyServer | null;
  networkServer: FaultyServer | null;
  /** @param mounts - shell commands that create mounts for this worker only */
  startWorker(mounts?: string): Promise<void>;
  /**
   * Writes `fleetmark.yaml`: the benchmarks take the seconds of the shape and record their starts and ends in the
   * ledger.
   */
  configure(ledger: string, shape: Shape): void;
  /** Repairs all networks, and makes sure that Temporal and this number of workers run. */
  repair(workers: number): Promise<void>;
  /** The number of ledger entries of each round when it was judged. */
  judgedEntries: Map<string, number>;
  /**
   * Removes the folder, unless it must be kept. Returns processes that still run, and ledgers that changed after they
   * were judged.
   */
  stop(keep?: 'keep'): Promise<string[]>;
}

const SMALL_MIB = 16;

/** Below the share that the limits of `quiet` leave to a benchmark that loads all CPUs: 100 % minus 15, 10 and 5 %. */
const MIN_SCORE = 65;

export async function startLane(number: number): Promise<Lane> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-faults-'));
  const optionsOf = (index: number, serverId: string) => {
    const own = join(folder, serverId);
    mkdirSync(own);
    return { serverId, folder: own, address: `127.0.1.${number * 10 + index}` };
  };
  const servers = await Promise.all([1, 2, 3].map((index) => startFaultyServer(optionsOf(index, `web-${index}`))));
  const smallDiskServer = canUnshare ? await startFaultyServer({ ...optionsOf(4, 'small'), diskMib: SMALL_MIB }) : null;
  const networkServer = canUnshare ? await startFaultyServer({ ...optionsOf(5, 'far'), network: number }) : null;
  const all = [...servers, smallDiskServer, networkServer].filter((server) => server !== null);
  writeKnownHosts(folder, all);
  const temporal = await startTemporalProcess(folder);
  const connection = await Connection.connect({ address: temporal.address });
  const workers: WorkerProcess[] = [];
  const judgedEntries = new Map<string, number>();
  const startWorker = async (mounts?: string): Promise<void> =>
    void workers.push(await startWorkerProcess(folder, temporal.address, mounts));

  return {
    folder,
    temporal,
    workers,
    servers,
    smallDiskServer,
    networkServer,
    client: new Client({ connection }),
    configure: (ledger, shape) => configure(folder, all, ledger, shape),
    startWorker,
    async repair(wanted) {
      for (const server of all) {
        server.proxy.pass();
        server.resumeShells();
      }
      const alive = workers.filter((worker) => !worker.hasEnded());
      for (const worker of alive.splice(wanted)) {
        worker.kill('SIGKILL');
        await worker.ended;
      }
      workers.splice(0, workers.length, ...alive);
      while (workers.length < wanted) await startWorker();
    },
    judgedEntries,
    async stop(keep) {
      for (const worker of workers) worker.kill('SIGTERM');
      await Promise.all(workers.map(({ ended }) => ended));
      await connection.close();
      await temporal.kill();
      await Promise.all(all.map((server) => server.stop()));
      const left = [folder, ...all.map(({ sshd }) => sshd.dir)].flatMap((text) => processesWith(text));
      const jobs = all.flatMap((server) => server.jobProcesses());
      const late = [...judgedEntries]
        .filter(([file, entries]) => readLedger(file).length !== entries)
        .map(([file]) => file);
      if (keep === undefined && left.length + jobs.length + late.length === 0) rmSync(folder, { recursive: true });
      return [
        ...[...left, ...jobs].map((pid) => `process ${pid} of ${folder} still runs`),
        ...late.map((file) => `${file} has entries that came later`),
      ];
    },
  };
}

function writeKnownHosts(folder: string, servers: readonly FaultyServer[]): void {
  const lines = servers.map(({ host, port, sshd }) => `[${host}]:${port} ${sshd.hostKeys[0]}\n`);
  writeFileSync(join(folder, 'known_hosts'), lines.join(''));
}

function configure(
  folder: string,
  servers: readonly FaultyServer[],
  ledger: string,
  { benchmarks, loadsAllCpus, limits, store }: Shape
): void {
  const names = Object.keys(benchmarks);
  const server = ({ serverId, host, port, sshd }: FaultyServer) => {
    return [serverId, { host, port, user: sshd.user, key: sshd.keyFile }] as const;
  };
  const benchmark = (name: string) => {
    const seconds = benchmarks[name]!;
    const command = loadsAllCpus ? loadingCommand(ledger, seconds) : ledgerCommand(ledger, seconds);
    return scoreCommand(command, { ...(loadsAllCpus && { loadsAllCpus }), ...(limits && { timeout: limits.timeout }) });
  };
  writeFleetmarkYaml(join(folder, 'fleetmark.yaml'), {
    servers: Object.fromEntries(servers.map(server)),
    ssh: {
      knownHosts: join(folder, 'known_hosts'),
      connectTimeout: '5s',
      giveUpAfter: '60s',
      ...(limits && { answerTimeout: limits.answerTimeout }),
      agent: false,
      config: false,
    },
    ...(loadsAllCpus && { quiet: { cpu: 'off' } }),
    ...(store !== undefined && { store }),
    benchmarks: Object.fromEntries(names.map((name) => [name, benchmark(name)])),
    expect: Object.fromEntries(names.map((name) => [`${name}.score`, { min: MIN_SCORE }])),
  });
}
