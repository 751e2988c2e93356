import { Client, Connection } from '@temporalio/client';
import { join } from 'node:path';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { isDiskFull } from '../../domain/failures/full-disk.ts';
import { createLogger, type RootLogger } from '../../logging/logger.ts';
import { startDevServer, type DevServer } from '../../temporal/dev-server.ts';
import { findTemporalCli } from '../../temporal/find-temporal-cli.ts';
import { configurationName, readSavedConfiguration, saveConfiguration } from '../../temporal/saved-configuration.ts';
import { cacheFolder, makeStateFolder, resultsFile, rotateLog, stateFolder } from '../../temporal/state-folder.ts';
import { NO_PROXY } from '../../temporal/temporal-health.ts';
import type { MetricsEndpoint } from '../monitoring/metrics-endpoint.ts';
import { createCallRetries } from '../temporal/call-retries.ts';
import { readTemporalSettings } from '../temporal/temporal-settings.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { temporalInUseRefusal, unfinishedRunsRefusal } from './configuration-of-run.ts';
import { embeddedWorker } from './embedded-worker.ts';
import { diskFullReason, diskFullWarning, explainDiskFull } from './state-disk-full.ts';
import { connectSession, type TemporalSession } from './temporal-session.ts';
import { printableIds } from './unfinished-runs.ts';

const LOG_LIMIT_BYTES = 50 * 1024 * 1024;

interface SessionOptions {
  configuration: ConfigurationSource;
  terminal: Pick<Terminal, 'env' | 'stderr' | 'isQuiet'>;
  /** Attach even if the worker of that Temporal has another configuration. */
  attachToAny?: boolean;
  /** Serves the metrics of the embedded worker. */
  metrics?: MetricsEndpoint | null;
  /** Ports of the embedded Temporal and its Web UI. Default: 7233 and 8233 if they are free. */
  ports?: { port: number; uiPort: number };
}

/** Connects to the Temporal in the settings; without settings, starts the embedded one. */
export async function openTemporal(options: SessionOptions): Promise<TemporalSession> {
  const settings = readTemporalSettings();
  return settings === null ? openEmbedded(options) : connectSession(settings);
}

/**
 * Starts the Temporal dev server, or attaches to the one that another fleetmark has started in this state folder.
 * @throws Refusal if that one has another configuration, or no space is left for its state
 */
export async function openEmbedded(options: SessionOptions): Promise<TemporalSession> {
  const stateDir = stateFolder(options.terminal.env);
  return explainDiskFull(stateDir, startOrAttach(stateDir, options));
}

async function startOrAttach(stateDir: string, options: SessionOptions): Promise<TemporalSession> {
  const { terminal, ports } = options;
  const say = messagePrinter(terminal);
  const configuration = await configurationName(options.configuration);
  await ensureStateFolder(stateDir);
  const logFile = join(stateDir, 'fleetmark.log');
  const log = await openLog(logFile, stateDir, problemPrinter(terminal));
  const cli = await findTemporalCli({ env: terminal.env, cacheDir: cacheFolder(terminal.env), say });
  const server = await startDevServer({ cli, stateDir, configuration, say, log, ...ports });
  const { address, attached, uiUrl } = server;
  if (server.configuration !== configuration && !options.attachToAny) {
    await log.close();
    throw temporalInUseRefusal(address, server.configuration, configuration);
  }
  const saved = await readSavedConfiguration(stateDir);
  const retries = createCallRetries();
  const { interceptors } = retries;
  const connecting = Connection.connect({ address, interceptors, channelArgs: NO_PROXY });
  const connection = await connecting.catch((cause: unknown) => {
    throw new Refusal(`the Temporal at ${address} has just ended; start again`, exitCodes.unjudged, { cause });
  });
  const worker = attached ? null : embeddedWorker(address, { ...options, resultsFile: resultsFile(stateDir) }, log);
  if (attached) say(`Attached to the Temporal at ${address}, which uses the configuration of its own worker.`);
  else say(`Temporal at ${address}, Web UI at ${uiUrl}, log in ${logFile}`);
  return {
    ...{ client: new Client({ connection }), address, uiUrl, own: !attached },
    lost: endOf(server, stateDir),
    refuseOtherConfiguration(runs) {
      const isOfAnother = !attached && saved !== null && saved.name !== configuration;
      if (isOfAnother && runs.length > 0) throw unfinishedRunsRefusal(printableIds(...runs), saved, configuration);
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

async function openLog(file: string, stateDir: string, say: (line: string) => void): Promise<RootLogger> {
  await rotateLog(file, LOG_LIMIT_BYTES);
  return createLogger({ file }, 'debug', {
    fails: (error) => say(isDiskFull(error) ? diskFullWarning(stateDir) : `The log ${file} ${error.message}`),
    works: () => say(`There is space in ${stateDir} again.`),
  });
}

/** Resolves with a message when the server has ended. */
async function endOf({ address, exited }: DevServer, stateDir: string): Promise<string> {
  const status = await exited;
  if (status === null) return `the Temporal at ${address} ended with the fleetmark that had started it`;
  return `the Temporal at ${address} ended with status ${status}${await diskFullReason(stateDir)}`;
}
