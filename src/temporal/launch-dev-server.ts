import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import type { Logger } from '../logging/logger.ts';
import { freePorts, isPortFree } from '../processes/free-port.ts';
import { spawnOwned } from '../processes/owned-process.ts';
import type { ProcessIdentity } from '../processes/running-process.ts';
import { waitForHttpApi, setRetention } from './temporal-health.ts';
import type { HttpApi } from './temporal-health.ts';
import { startWebUi } from './web-ui.ts';
import type { HiddenWebUi, WebUi } from './web-ui.ts';

export interface LaunchOptions {
  cli: string;
  /** Null: in memory. */
  database: string | null;
  /** File for the server output; null: kept only to explain a failed start. */
  logFile: string | null;
  port?: number;
  uiPort?: number;
  log: Logger;
  beforeStart?: (supervisor: ProcessIdentity) => Promise<void>;
}

export interface LaunchedServer {
  address: string;
  uiUrl: string;
  supervisor: ProcessIdentity;
  exited: Promise<number>;
  stop: () => Promise<number>;
}

interface Ports {
  grpc: number;
  /** Port of the public proxy in front of the Web UI; the Web UI itself listens on `hiddenUi`. */
  ui: number;
  hiddenUi: HiddenWebUi;
  http: HttpApi;
}

const RETENTION_DAYS = 30;
const START_TIMEOUT_MS = 30_000;
const MAX_LOG_BYTES = 16 * 1024 * 1024;
/** How much output is searched for the reason of a failed start: it may contain the stacks of all goroutines. */
const MAX_OUTPUT_READ_BYTES = 256 * 1024;

/**
 * Starts `temporal server start-dev` and waits until it answers.
 * @throws Failure InvalidConfig if a port is in use or the server ends before it answers; the message says why
 */
export async function launchDevServer(options: LaunchOptions): Promise<LaunchedServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launchOnPorts(await choosePorts(options, attempt > 1), options);
    } catch (error) {
      // Another program took a port after it was checked.
      const again =
        error instanceof Failure && /address already in use|EADDRINUSE|: panic: |: fatal error: /.test(error.message);
      if (!again || attempt === 3) throw error;
    }
  }
}

async function launchOnPorts(ports: Ports, options: LaunchOptions): Promise<LaunchedServer> {
  const output = await openLog(options.logFile);
  try {
    const { size: start } = await output.stat();
    const supervisor: { identity?: ProcessIdentity } = {};
    const server = await spawnOwned({
      program: options.cli,
      args: serverArguments(ports, options.database),
      env: serverEnvironment(process.env),
      stdout: output.fd,
      stderr: output.fd,
      beforeStart: async (identity) => {
        supervisor.identity = identity;
        await options.beforeStart?.(identity);
      },
    });
    const address = `127.0.0.1:${ports.grpc}`;
    const status = await waitForStart(ports, server.exited);
    if (status !== 'started') {
      await server.stop();
      throw new Failure('InvalidConfig', await startFailureText(options, status, output, start));
    }
    const webUi = await setUpServer(address, ports).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    const exited = server.exited.then(async (ended) => {
      await webUi.close();
      return ended;
    });
    options.log.info({ address, database: options.database }, 'Temporal server started');
    return {
      address,
      uiUrl: webUi.url,
      supervisor: supervisor.identity!,
      exited,
      stop: server.stop,
    };
  } finally {
    await output.close();
  }
}

/** Configures a started server and opens the Web UI. @throws Failure if the port of the Web UI is taken meanwhile */
async function setUpServer(address: string, { ui, hiddenUi }: Ports): Promise<WebUi> {
  await setRetention(address, RETENTION_DAYS);
  return startWebUi(ui, hiddenUi).catch((cause: unknown) => {
    throw new Failure('InvalidConfig', `The Web UI cannot be shown: ${(cause as Error).message}.`, { cause });
  });
}

/** Resolves to `started`, to the exit status, or to null after the timeout. */
async function waitForStart(ports: Ports, exited: Promise<number>): Promise<'started' | number | null> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), START_TIMEOUT_MS);
  const started = waitForHttpApi(ports.http, waiting.signal).then(
    () => 'started' as const,
    () => null
  );
  try {
    return await Promise.race([started, exited]);
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
}

async function choosePorts({ port, uiPort }: LaunchOptions, anyPorts: boolean): Promise<Ports> {
  for (const asked of [port, uiPort]) {
    if (asked !== undefined && !(await isPortFree(asked))) {
      throw new Failure(
        'InvalidConfig',
        `Port ${asked} of 127.0.0.1 is in use: choose another one, or stop the program that uses it.`
      );
    }
  }
  const [grpc, ui, http] = (await freePorts(3)) as [number, number, number];
  const host = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const hiddenUi = { host, port: (await freePorts(1, host))[0]! };
  const standard = async (number: number, free: number) => (!anyPorts && (await isPortFree(number)) ? number : free);
  return {
    grpc: port ?? (await standard(7233, grpc)),
    ui: uiPort ?? (await standard(8233, ui)),
    hiddenUi,
    http: { port: http, host: `${randomBytes(16).toString('hex')}.invalid` },
  };
}

/**
 * The HTTP API cannot be disabled and trusts every web page: it gets a secret host name. The Web UI does not check the Host
 * header: it listens on a random one of 16 million loopback addresses, behind a proxy that checks it.
 */
function serverArguments({ grpc, hiddenUi, http }: Ports, database: string | null): string[] {
  const limits = ['frontend.namespaceRPS', 'history.rps', 'matching.rps'];
  const pragmas = ['journal_mode=wal', 'synchronous=normal'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(grpc), '--http-port', String(http.port)],
    ...['--ui-ip', hiddenUi.host, '--ui-port', String(hiddenUi.port)],
    ...['--dynamic-config-value', `frontend.httpAllowedHosts=${JSON.stringify([http.host])}`],
    ...limits.flatMap((limit) => ['--dynamic-config-value', `${limit}=20000`]),
    ...(database === null ? [] : ['--db-filename', database, ...pragmas.flatMap((p) => ['--sqlite-pragma', p])]),
  ];
}

/** The server gets no client settings (TEMPORAL_*) and no proxy: it only talks to this machine. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^TEMPORAL_|_proxy$/i.test(name)));
}

async function openLog(file: string | null): Promise<FileHandle> {
  try {
    if (file !== null) {
      const size = await stat(file).then(
        (stats) => stats.size,
        () => 0
      );
      return await open(file, 'a+', 0o600).then(async (handle) => {
        if (size > MAX_LOG_BYTES) await handle.truncate();
        return handle;
      });
    }
    const folder = await mkdtemp(join(tmpdir(), 'fleetmark-'));
    const handle = await open(join(folder, 'temporal.log'), 'a+', 0o600);
    await rm(folder, { recursive: true });
    return handle;
  } catch (error) {
    throw new Failure(
      'InvalidConfig',
      `The log of the Temporal server cannot be written: ${(error as Error).message}.`
    );
  }
}

async function startFailureText(
  { cli, database }: LaunchOptions,
  status: number | null,
  output: FileHandle,
  start: number
): Promise<string> {
  const { size } = await output.stat();
  const from = Math.max(start, size - MAX_OUTPUT_READ_BYTES);
  const { buffer, bytesRead } = await output.read(Buffer.alloc(size - from), 0, size - from, from);
  const lines = buffer.toString('utf8', 0, bytesRead).trim().split('\n');
  const crash = lines.findLast((line) => /^(panic|fatal error): /.test(line)); // a crash of Go, followed by stacks
  const said = crash ?? lines.findLast((line) => line.includes('level=ERROR')) ?? lines.at(-1) ?? '';
  const what = status === null ? 'did not answer in time' : `ended with status ${status}`;
  const where = database === null ? '' : ` (database ${database})`;
  return `The Temporal server of ${cli}${where} ${what}: ${said.slice(0, 500)}`;
}
