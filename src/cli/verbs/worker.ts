import { findConfiguration } from '../../config/find-configuration.ts';
import type { ConfiguredStore } from '../../domain/plans/configuration.ts';
import { createLogger, type Logger, type LogLevel } from '../../logging/logger.ts';
import { configurationReader } from '../../worker/configuration.ts';
import { checkStore, configuredAddress } from '../../worker/results.ts';
import { createWorker, installRuntime } from '../../worker/create-worker.ts';
import { connectWorker } from '../temporal/connect-temporal.ts';
import type { MetricsOptions } from '../monitoring/metrics-address.ts';
import { openMetrics, type MetricsEndpoint } from '../monitoring/metrics-endpoint.ts';
import { commandWith, type ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupts.ts';
import { Refusal } from '../terminal/refusal.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export type WorkerOptions = ConfigurationOptions & MetricsOptions;

/** Runs a worker for a remote Temporal until a signal. Another worker takes over its work. */
export async function worker(options: WorkerOptions, terminal: Terminal): Promise<number> {
  const metrics = await openMetrics(options, terminal.env);
  try {
    return await pollUntilSignal(options, terminal, metrics);
  } finally {
    await metrics?.close();
  }
}

async function pollUntilSignal(
  options: WorkerOptions,
  terminal: Terminal,
  metrics: MetricsEndpoint | null
): Promise<number> {
  const { env, stdin } = terminal;
  const say = messagePrinter(terminal);
  const level = logLevel(env);
  const settings = readTemporalSettings();
  if (settings === null) {
    const here = commandWith(options, ['up']);
    throw new Refusal(`no Temporal is configured: set TEMPORAL_ADDRESS or a Temporal profile, or use \`${here}\``);
  }
  const configuration = await findConfiguration(options, env, stdin);
  const { file, store, actions } = await configurationReader(configuration, say)();

  const log = createLogger('stderr', level);
  await checkResults(store, log);
  installRuntime(log, metrics?.exporter ?? null);
  const connection = await connectWorker(settings);
  const { namespace } = settings;
  const running = await createWorker(connection, { namespace, configuration, log });
  if (configuredAddress(store) === null)
    log.warn('no results store (store:): results are in Temporal, for as long as it keeps them');
  if (configuredAddress(store) === null && actions.length > 0)
    log.warn('actions need a results store (store:): without one, runs are refused');
  metrics?.watch(() => running.notReady());
  const interrupts = onInterrupt(() => running.shutdown());
  if (metrics !== null) say(`Metrics at ${metrics.url}/metrics`);
  say(`Worker of ${file} at ${settings.address}. Stop it with Ctrl-C.`);
  try {
    await running.run();
  } finally {
    interrupts.stop();
    await connection.close();
  }
  return exitCodes.passed;
}

/** @throws Failure InvalidConfig if the results store cannot be used */
async function checkResults(store: ConfiguredStore, log: Logger): Promise<void> {
  const address = configuredAddress(store);
  if (address === null) return;
  await checkStore(address, (error) =>
    log.warn({ err: error }, 'the results store does not answer; runs will wait for it at their end')
  );
}

/** Reads `FLEETMARK_LOG_LEVEL`, default `info`. @throws Refusal if it is not a log level */
export function logLevel(env: NodeJS.ProcessEnv): LogLevel {
  const named = env['FLEETMARK_LOG_LEVEL'] || 'info';
  const level = levels.find((one) => one === named);
  if (level !== undefined) return level;
  throw new Refusal(`FLEETMARK_LOG_LEVEL is ${JSON.stringify(named)}: set it to one of ${levels.join(', ')}`);
}
