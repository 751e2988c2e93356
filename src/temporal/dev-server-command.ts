import { randomBytes } from 'node:crypto';
import { freePorts, isPortFree } from '../processes/ports.ts';
import type { HiddenAddress } from './hidden-address.ts';
import type { HttpApi } from './temporal-health.ts';

/** Where the Temporal CLI and the SDK look without an address. */
export const STANDARD_PORT = 7233;

interface ServerPorts {
  grpc: number;
  http: HttpApi;
}

/** The standard gRPC port if it is free, or any free one; the port of the HTTP API, and a secret host name for it. */
export async function chooseServerPorts(avoidStandard: boolean): Promise<ServerPorts> {
  const [anyPort, http] = (await freePorts(2)) as [number, number];
  const grpc = !avoidStandard && (await isPortFree(STANDARD_PORT)) ? STANDARD_PORT : anyPort;
  return { grpc, http: { port: http, host: `${randomBytes(16).toString('hex')}.invalid` } };
}

/**
 * The HTTP API cannot be disabled and trusts every web page: it gets a secret host name. The Web UI does not check the Host
 * header: it listens on a hidden address, behind a proxy that checks it.
 */
export function serverArguments({ grpc, http }: ServerPorts, hiddenUi: HiddenAddress, database: string): string[] {
  const settings = {
    'frontend.httpAllowedHosts': JSON.stringify([http.host]),
    // A worker gets its next activity with the answer to its workflow task: a sixth less CPU time.
    'system.enableActivityEagerExecution': true,
    // By default it reads its queue of tasks at most 20 times a second: with many servers, each step waits for 50 ms.
    'history.transferProcessorMaxPollRPS': 1_000,
    ...{ 'frontend.namespaceRPS': 20_000, 'history.rps': 20_000, 'matching.rps': 20_000 },
  };
  const pragmas = ['journal_mode=wal', 'synchronous=normal'];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(grpc), '--http-port', String(http.port)],
    ...['--ui-ip', hiddenUi.host, '--ui-port', String(hiddenUi.port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]),
    ...['--db-filename', database, ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma])],
  ];
}

/** Its garbage collector runs less often, until it needs much memory: a seventh less CPU time for the start. */
const GO_MEMORY = { GOGC: '400', GOMEMLIMIT: '1GiB' };

/** The server gets no client settings (TEMPORAL_*) and no proxy: it only talks to this machine. */
export function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^TEMPORAL_|_proxy$/i.test(name));
  return { ...GO_MEMORY, ...Object.fromEntries(others) };
}
