import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { isIPv6 } from 'node:net';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { Refusal } from '../terminal/refusal.ts';
import { proxyFor, type Proxy } from './proxy.ts';

export interface TemporalSettings extends ClientConnectConfig {
  /** With its port: `127.0.0.1:7233`. */
  address: string;
  endpoint: { host: string; port: number };
  namespace: string;
  proxy: Proxy | null;
}

const DEFAULT_PORT = 7233;

/**
 * The settings of a remote Temporal: `TEMPORAL_ADDRESS` or a profile, as for the Temporal CLI. Null: none is configured,
 * so the embedded Temporal is used.
 * @throws Refusal if the settings cannot be read or used
 */
export function readTemporalSettings(): TemporalSettings | null {
  const config = loadConnectConfig();
  const written = config.connectionOptions.address;
  if (!written) return null;
  const endpoint = parseAddress(written);
  const address = formatEndpoint(endpoint);
  const connectionOptions = { ...config.connectionOptions, address };
  const namespace = config.namespace ?? 'default';
  return { connectionOptions, address, endpoint, namespace, proxy: proxyFor(endpoint.host, process.env) };
}

function loadConnectConfig(): ClientConnectConfig {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new Refusal(`the Temporal settings cannot be read: ${(error as Error).message}`);
  }
}

/** Reads `host`, `host:port` or `[::1]:port`. @throws Refusal for anything else, such as a URL */
export function parseAddress(written: string): TemporalSettings['endpoint'] {
  const shown = printable(written, 200);
  const refuse = (why: string): Refusal =>
    new Refusal(`the address of Temporal, ${shown}, ${why}: correct TEMPORAL_ADDRESS or the Temporal profile`);
  if (isIPv6(written)) throw refuse(`needs brackets: [${written}]:${DEFAULT_PORT}`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[0];
  if (scheme !== undefined) throw refuse(`is a URL: write host:port, without ${scheme}`);
  const found = /^(?:\[([0-9a-f.:]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/i.exec(written);
  const port = Number(found?.[3] ?? DEFAULT_PORT);
  if (found === null || port < 1 || port > 65_535) throw refuse('is not of the form host:port');
  return { host: (found[1] ?? found[2])!, port };
}
