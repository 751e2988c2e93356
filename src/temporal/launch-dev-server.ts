import { join } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import type { Logger } from '../logging/logger.ts';
import { isPortFree } from '../processes/ports.ts';
import { spawnOwned, type OwnedProcess } from '../processes/owned-process.ts';
import type { ProcessIdentity } from '../processes/process-identity.ts';
import { firstOf } from '../waiting/first-of.ts';
import { chooseServerPorts, serverArguments, serverEnvironment } from './dev-server-command.ts';
import { openServerLog, startFailureReason } from './dev-server-log.ts';
import { setRetention, waitForHttpApi } from './temporal-health.ts';
import { chooseHiddenAddress, type HiddenAddress } from './hidden-address.ts';
import { startWebUi, type WebUi } from './web-ui.ts';

export interface LaunchOptions {
  /** Path of the Temporal CLI. */
  cli: string;
  /** Folder of the database and the log. */
  stateDir: string;
  /** Default: 7233 and 8233, or free ports if those are in use. */
  port?: number;
  uiPort?: number;
  log: Logger;
  /** Called before each start with the leader of the server's process group. */
  beforeStart: (leader: ProcessIdentity) => Promise<void>;
}

export interface LaunchedServer {
  address: string;
  uiUrl: string;
  /** Resolves with the exit status. */
  exited: Promise<number>;
  stop: () => Promise<void>;
}

const RETENTION_DAYS = 30;
const START_TIMEOUT_MS = 30_000;
/** Another program may take a port after it was found free, which ends the server or crashes it. */
const MAX_STARTS = 3;
const STANDARD_UI_PORT = 8233;

/**
 * Starts `temporal server start-dev`, waits until it answers, and shows its Web UI.
 * @throws Failure InvalidConfig if a port is in use or the server ends before it answers; the message says why
 */
export async function launchDevServer(options: LaunchOptions): Promise<LaunchedServer> {
  if (options.port !== undefined && !(await isPortFree(options.port))) throw portInUse(options.port);
  const hiddenUi = await chooseHiddenAddress();
  const webUi = await openWebUi(options.uiPort, hiddenUi);
  try {
    const { address, server } = await startServer(options, hiddenUi);
    const exited = server.exited.then(async (status) => {
      await webUi.close();
      return status;
    });
    options.log.info({ address, folder: options.stateDir }, 'Temporal server started');
    return { address, uiUrl: webUi.url, exited, stop: async () => void (await server.stop().then(() => exited)) };
  } catch (error) {
    await webUi.close();
    throw error;
  }
}

async function openWebUi(asked: number | undefined, hiddenUi: HiddenAddress): Promise<WebUi> {
  return startWebUi(asked ?? STANDARD_UI_PORT, hiddenUi).catch((cause: unknown) => {
    if (asked !== undefined) throw portInUse(asked, cause);
    return startWebUi(0, hiddenUi);
  });
}

function portInUse(port: number, cause?: unknown): Failure {
  const message = `Port ${port} of 127.0.0.1 is in use: choose another one, or stop the program that uses it.`;
  return new Failure('InvalidConfig', message, { cause });
}

async function startServer(
  options: LaunchOptions,
  hiddenUi: HiddenAddress
): Promise<{ address: string; server: OwnedProcess }> {
  const { cli, stateDir, port, beforeStart } = options;
  const database = join(stateDir, 'temporal.db');
  const output = await openServerLog(join(stateDir, 'temporal.log'));
  try {
    for (let starts = 1; ; starts += 1) {
      const { size } = await output.stat();
      const ports = await chooseServerPorts(starts > 1);
      ports.grpc = port ?? ports.grpc;
      const server = await spawnOwned({
        program: cli,
        args: serverArguments(ports, hiddenUi, database),
        env: serverEnvironment(process.env),
        ...{ stdout: output.fd, stderr: output.fd, beforeStart },
      });
      const polling = new AbortController();
      const answers = waitForHttpApi(ports.http, polling.signal).then(() => 'answers' as const);
      const status = await firstOf<'answers' | number>([answers, server.exited], { ms: START_TIMEOUT_MS });
      polling.abort();
      if (status === 'answers') return { address: await setUp(server, ports.grpc), server };
      await server.stop();
      if (typeof status === 'number' && starts < MAX_STARTS) continue;
      const what = typeof status === 'number' ? `ended with status ${status}` : 'did not answer in time';
      const message = `The Temporal server of ${cli} (database ${database}) ${what}: `;
      throw new Failure('InvalidConfig', message + (await startFailureReason(output, size)));
    }
  } finally {
    await output.close();
  }
}

/** Configures a started server. Resolves to its address. */
async function setUp(server: OwnedProcess, grpcPort: number): Promise<string> {
  const address = `127.0.0.1:${grpcPort}`;
  try {
    await setRetention(address, RETENTION_DAYS);
    return address;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
