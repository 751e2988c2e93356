import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { join } from 'node:path';
import { startDevServer } from '../../temporal/dev-server.ts';
import type { DevServer } from '../../temporal/dev-server.ts';
import { isDiskFull } from '../../domain/failures/full-disk.ts';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { findTemporalCli } from '../../temporal/find-temporal-cli.ts';
import { NO_PROXY } from '../../temporal/temporal-health.ts';
import { cacheFolder, makeStateFolder, rotateLog } from '../../temporal/state-folder.ts';
import { configurationName, saveConfiguration, readSavedConfiguration } from '../../temporal/saved-configuration.ts';
import { createLogger } from '../../logging/logger.ts';
import type { Logger } from '../../logging/logger.ts';
import { createWorker, installRuntime } from '../../worker/create-worker.ts';
import type { FleetmarkWorker } from '../../worker/create-worker.ts';
import { createCallRetries } from '../temporal/call-retries.ts';
import { connectTemporal } from '../temporal/connect-temporal.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { diskFullReason, diskFullWarning, explainDiskFull } from './state-disk-full.ts';
import { unfinishedRunsRefusal, temporalInUseRefusal } from './configuration-refusals.ts';
import { Refusal } from '../terminal/refusal.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import type { TemporalSettings } from '../temporal/temporal-settings.ts';
import { printableIds } from './unfinished-runs.ts';

const LOG_LIMIT_BYTES = 50 * 1024 * 1024;

/** A connection to a Temporal, with its worker if that is embedded. */
export interface TemporalSession {
  client: Client;
  address: string;
  /** The Web UI; null if unknown. */
  uiUrl: string | null;
  /** Whether this Temporal is embedded, and ends with this process. */
  own: boolean;
  /** Resolves with a message if the embedded Temporal ends unexpectedly. Never resolves for a remote one. */
  lost: Promise<string>;
  /** @throws Refusal if these unfinished runs of the embedded Temporal belong to another configuration */
  refuseOtherConfiguration(runs: readonly string[]): void;
  /** Starts the embedded worker; does nothing if the workers are remote. */
  startWorker(): Promise<void>;
  /** Stops the worker, closes the connections, then stops the server. */
  close(): Promise<void>;
}

export interface SessionOptions {
  configuration: ConfigurationSource;
  /** Attach even if the worker of that Temporal has another configuration. */
  attachToAny?: boolean;
  env: NodeJS.ProcessEnv;
  /** Folder for the state of the embedded Temporal and the log of the embedded worker. */
  stateDir: string;
  /** Ports of the embedded Temporal and its Web UI. Default: 7233 and 8233 if they are free. */
  ports?: { port: number; uiPort: number };
  say: (line: string) => void;
}

/** Connects to the Temporal in the settings; without settings, starts the embedded one. */
export async function openTemporal(options: SessionOptions): Promise<TemporalSession> {
  const settings = readTemporalSettings();
  return settings === null ? openEmbedded(options) : connectSession(settings);
}

/** Connects to a remote Temporal. */
export async function connectSession(settings: TemporalSettings): Promise<TemporalSession> {
  const { address, namespace } = settings;
  const retries = createCallRetries();
  const connection = await connectTemporal(settings, retries.interceptors);
  return {
    client: new Client({ connection, namespace }),
    address,
    uiUrl: null,
    own: false,
    lost: new Promise(() => undefined),
    refuseOtherConfiguration: () => undefined,
    startWorker: () => Promise.resolve(),
    async close() {
      await retries.end();
      await connection.close();
    },
  };
}

/**
 * Starts the Temporal dev server, or attaches to the one that another fleetmark has started in this state folder.
 * @throws Refusal if that one has another configuration, or no space is left for its state
 */
export async function openEmbedded(options: SessionOptions): Promise<TemporalSession> {
  return explainDiskFull(options.stateDir, startOrAttachSession(options));
}

async function startOrAttachSession(options: SessionOptions): Promise<TemporalSession> {
  const { env, say, stateDir, ports } = options;
  const configuration = await configurationName(options.configuration);
  const logFile = join(stateDir, 'fleetmark.log');
  await ensureStateFolder(stateDir);
  await rotateLog(logFile, LOG_LIMIT_BYTES);
  const log = createLogger({ file: logFile }, 'debug', {
    fails: (error) => say(isDiskFull(error) ? diskFullWarning(stateDir) : `The log ${logFile} ${error.message}`),
    works: () => say(`There is space in ${stateDir} again.`),
  });
  const cli = await findTemporalCli({ env, cacheDir: cacheFolder(env), say });
  const server = await startDevServer({ cli, stateDir, configuration, say, log, ...ports });
  if (server.configuration !== configuration && !options.attachToAny) {
    await log.close();
    throw temporalInUseRefusal(server.address, server.configuration, configuration);
  }
  const noted = await readSavedConfiguration(stateDir);
  const retries = createCallRetries();
  const { address } = server;
  const { interceptors } = retries;
  const connecting = Connection.connect({ address, interceptors, channelArgs: NO_PROXY });
  const connection = await connecting.catch((cause: unknown) => {
    throw new Refusal(`the Temporal at ${server.address} has just ended; start again`, exitCodes.unjudged, { cause });
  });
  const worker = server.attached ? null : embeddedWorker(server, options.configuration, log);
  if (server.attached)
    say(`Attached to the Temporal at ${server.address}, which uses the configuration of its own worker.`);
  else say(`Temporal at ${server.address}, Web UI at ${server.uiUrl}, log in ${logFile}`);
  return {
    client: new Client({ connection }),
    address: server.address,
    uiUrl: server.uiUrl,
    own: !server.attached,
    lost: server.exited.then(async (status) => {
      const own = `ended with status ${status}${await diskFullReason(stateDir)}`;
      const end = status === null ? 'ended with the fleetmark that had started it' : own;
      return `the Temporal at ${server.address} ${end}`;
    }),
    refuseOtherConfiguration(runs) {
      const isOfAnother = !server.attached && noted !== null && noted.name !== configuration;
      if (isOfAnother && runs.length > 0) throw unfinishedRunsRefusal(printableIds(...runs), noted, configuration);
    },
    async startWorker() {
      if (worker === null) return;
      await explainDiskFull(stateDir, saveConfiguration(stateDir, options.configuration));
      await explainDiskFull(stateDir, worker.start());
    },
    async close() {
      await worker?.stop();
      await retries.end();
      await connection.close();
      await server.stop();
      await log.close();
    },
  };
}

async function ensureStateFolder(stateDir: string): Promise<void> {
  await makeStateFolder(stateDir).catch((cause: unknown) => {
    const message = (cause as Error).message.replace(/\.$/, '');
    throw new Refusal(`${message}; set FLEETMARK_STATE to a folder that you own`, undefined, { cause });
  });
}

interface EmbeddedWorker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a worker in this process. If it fails, a new one replaces it: workflows continue where they were. */
function embeddedWorker(server: DevServer, configuration: ConfigurationSource, log: Logger): EmbeddedWorker {
  let connection: NativeConnection | null = null;
  let current: FleetmarkWorker | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopping = false;

  const create = async (): Promise<FleetmarkWorker> => {
    if (connection === null) {
      installRuntime(log); // not earlier: a runtime without a connection never lets the process exit
      connection = await NativeConnection.connect({ address: server.address });
    }
    return createWorker(connection, { namespace: 'default', configuration, log });
  };
  const keepRunning = async (worker: FleetmarkWorker): Promise<void> => {
    current = worker;
    try {
      await worker.run();
    } catch (error) {
      log.error({ err: error }, 'the worker failed; starting a new one');
      if (!stopping) await keepRunning(await create());
    }
  };
  return {
    async start() {
      if (current !== null) return;
      running = keepRunning(await create());
      running.catch((error: unknown) => log.error({ err: error }, 'a new worker could not be started'));
    },
    async stop() {
      stopping = true;
      current?.shutdown();
      await running.catch(() => undefined);
      await connection?.close();
    },
  };
}
