import { join } from 'node:path';
import { Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import { catalogue } from '../benchmarks/catalogue.ts';
import type { Tool } from '../benchmarks/tool.ts';
import { createActionRunner } from '../actions/action-runner.ts';
import { createActivities } from '../activities/index.ts';
import { logInterceptor } from '../activities/log-interceptor.ts';
import { configurationReader } from './configuration.ts';
import { exporterConfig, workerMetrics } from './metrics.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import type { ConfigurationSource } from '../config/configuration-source.ts';
import { routeFinder } from '../ssh-config/routes.ts';
import { accountOf } from '../source/surroundings.ts';
import { workerResults } from './results.ts';
import type { Configuration } from '../domain/plans/configuration.ts';
import { IS_BUILT, ownFolder } from '../processes/own-files.ts';
import type { Logger } from '../logging/logger.ts';
import { temporalLogger } from '../logging/temporal-logger.ts';
import { checkIdentities } from '../ssh/keys/authentication.ts';
import { createSsh } from '../ssh/create-ssh.ts';

export const TASK_QUEUE = 'fleetmark';

/** When the worker stops, activities get this long to disconnect from their servers. */
const SHUTDOWN_FORCE_TIME = '10 seconds';

/** For Temporal to answer. */
const READY_TIMEOUT_MS = 3_000;

/** A server asks for the configuration about 12 times, and a check of its files costs 0.3 ms. */
const CONFIGURATION_MAX_AGE_MS = 250;

export interface WorkerConfig {
  namespace: string;
  configuration: ConfigurationSource;
  log: Logger;
  taskQueue?: string;
  /** The SQLite file for results, of the embedded Temporal; null or missing: the configuration says where they go. */
  resultsFile?: string | null | undefined;
  /** Default: the tools of the catalogue. */
  tools?: readonly Tool[];
}

/** A worker that is ready to run, together with its SSH connections. */
export interface FleetmarkWorker {
  /** Polls until {@link shutdown}, then closes its connections to servers. Rejects if the worker fails. */
  run(): Promise<void>;
  /** Ends `run`, also one that begins later: the connection of a worker that never ran cannot be closed. */
  shutdown(): void;
  /** Why it is not ready: it does not poll, or Temporal does not answer. Null: it is ready. */
  notReady(): Promise<string | null>;
}

/**
 * Sets the logger of the SDK, and where it exports metrics: `127.0.0.1:9000`; null: nowhere. Call it once per process, before other SDK calls. The caller handles signals: an interrupted
 * run must be cancelled before its worker stops.
 */
export function installRuntime(log: Logger, exporter: string | null): void {
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'INFO', other: 'WARN' } },
      ...(exporter !== null && { metrics: exporterConfig(exporter) }),
    },
  });
}

const LIMITS = {
  // Activities mostly wait for servers, which is cheap. Each run limits its own concurrency.
  maxConcurrentActivityTaskExecutions: 1_000,
  maxConcurrentLocalActivityExecutions: 1_000,
  maxConcurrentWorkflowTaskExecutions: 1_000, // each may wait for a local activity
  maxCachedWorkflows: 1_000,
  // A cancelled benchmark is notified with its next heartbeat.
  maxHeartbeatThrottleInterval: '3 seconds',
  shutdownForceTime: SHUTDOWN_FORCE_TIME,
} as const;

/** Wires a worker: configuration, SSH, activities, workflows. */
export async function createWorker(connection: NativeConnection, config: WorkerConfig): Promise<FleetmarkWorker> {
  const { tools = catalogue, log } = config;
  const { routeOf, checkSshConfig } = routeFinder({ account: accountOf(), log, checkKeys: checkIdentities });
  const read = configurationReader(config.configuration, (line) => log.warn(line), tools, checkSshConfig);
  const configuration = (maxAgeMs = CONFIGURATION_MAX_AGE_MS): Promise<Configuration> => read(maxAgeMs);
  const metrics = workerMetrics(Runtime.instance().metricMeter);
  const ssh = createSsh({
    routeOf: async (serverId) => routeOf(await configuration(), serverId),
    settings: async () => (await configuration()).ssh,
    log: log,
    onOpenChange: (open) => metrics.connections(open),
  });
  const results = workerResults(configuration, config.resultsFile ?? null, log);
  const begin = (found: Configuration): void => metrics.begin(classesOf(found));
  await configuration().then(begin, () => undefined); // each run reports an invalid configuration
  const ending = new AbortController();
  let registered = Promise.resolve(false);
  const worker = await Worker.create({
    ...{ connection, namespace: config.namespace, taskQueue: config.taskQueue ?? TASK_QUEUE },
    ...workflowCode(),
    activities: createActivities({
      ...{ configuration, ssh, tools, hasSearchAttributes: () => registered },
      ...{ results: metrics.countFailures(results), jobEnded: (...job) => metrics.jobEnded(...job) },
      actions: createActionRunner(configuration),
    }),
    sinks: metrics.sinks,
    interceptors: { activity: [logInterceptor] },
    ...LIMITS,
  });
  // Now the namespace is known to exist. Not awaited: a worker that does not run yet cannot be shut down.
  registered = registerSearchAttributes(connection, config, ending.signal);
  return {
    async run() {
      try {
        const running = worker.run();
        if (ending.signal.aborted) worker.shutdown();
        await running;
      } finally {
        ending.abort();
        await ssh.close();
        await results.close();
      }
    },
    shutdown() {
      ending.abort();
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    notReady: () => whyNotReady(worker, connection, config.namespace),
  };
}

/** All classes that servers can have, and that of those whose class is never known. */
function classesOf({ classes, expect, servers }: Configuration): string[] {
  const given = [...servers.values()].flatMap(({ hardwareClass }) => hardwareClass ?? []);
  const names = [...classes.map(({ name }) => name), ...Object.keys(expect), ...given];
  return [...new Set(['', 'default', ...names])];
}

async function whyNotReady(worker: Worker, connection: NativeConnection, namespace: string): Promise<string | null> {
  const { runState, workflowPollerState, activityPollerState } = worker.getStatus();
  if (runState !== 'RUNNING' || workflowPollerState !== 'POLLING' || activityPollerState !== 'POLLING')
    return `the worker is ${runState.toLowerCase()}`;
  try {
    const ask = () => connection.workflowService.describeNamespace({ namespace });
    await connection.withDeadline(Date.now() + READY_TIMEOUT_MS, ask);
    return null;
  } catch (error) {
    return `Temporal does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The build bundles the workflows. From source, the worker bundles them itself, which takes a second of CPU time. */
function workflowCode(): { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  return IS_BUILT
    ? { workflowBundle: { codePath: join(ownFolder, 'workflows.js') } }
    : { workflowsPath: join(ownFolder, 'workflows', 'index.ts') };
}
