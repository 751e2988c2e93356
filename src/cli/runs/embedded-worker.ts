import { NativeConnection } from '@temporalio/worker';
import type { Logger } from '../../logging/logger.ts';
import { sqliteAddress } from '../../store/store-address.ts';
import { checkStore } from '../../worker/results.ts';
import type { MetricsEndpoint } from '../monitoring/metrics-endpoint.ts';
import { createWorker, installRuntime, type FleetmarkWorker, type WorkerConfig } from '../../worker/create-worker.ts';

export interface EmbeddedWorker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface EmbeddedWorkerConfig extends Pick<WorkerConfig, 'configuration' | 'resultsFile'> {
  /** Serves its metrics and its readiness. */
  metrics?: MetricsEndpoint | null;
}

/** Runs a worker in this process. If it fails, a new one replaces it, and workflows continue. */
export function embeddedWorker(
  address: string,
  { configuration, resultsFile, metrics = null }: EmbeddedWorkerConfig,
  log: Logger
): EmbeddedWorker {
  let connection: NativeConnection | null = null;
  let current: FleetmarkWorker | null = null;
  let starting: Promise<void> | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopping = false;

  const create = async (): Promise<FleetmarkWorker> => {
    if (connection === null) {
      installRuntime(log, metrics?.exporter ?? null); // not earlier: a runtime without a connection never lets the process exit
      connection = await NativeConnection.connect({ address });
    }
    return createWorker(connection, { namespace: 'default', configuration, resultsFile, log });
  };
  const keepRunning = async (worker: FleetmarkWorker): Promise<void> => {
    current = worker;
    if (stopping) worker.shutdown();
    metrics?.watch(() => worker.notReady());
    try {
      await worker.run();
    } catch (error) {
      log.error({ err: error }, 'the worker failed; starting a new one');
      if (!stopping) await keepRunning(await create());
    }
  };
  const away = (error: unknown): void => log.warn({ err: error }, 'the results store does not work');
  const begin = async (): Promise<void> => {
    if (resultsFile) await checkStore(sqliteAddress(resultsFile), away);
    running = keepRunning(await create());
    running.catch((error: unknown) => log.error({ err: error }, 'a new worker could not be started'));
  };
  return {
    start: () => (starting ??= begin()),
    async stop() {
      stopping = true;
      await starting?.catch(() => undefined);
      current?.shutdown();
      await running.catch(() => undefined);
      await connection?.close();
    },
  };
}
