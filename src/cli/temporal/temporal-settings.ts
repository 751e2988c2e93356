import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { proxyFor } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { Refusal } from '../terminal/refusal.ts';
import { temporalAddress } from './temporal-address.ts';
import type { TemporalAddress } from './temporal-address.ts';

export interface TemporalSettings extends ClientConnectConfig {
  /** With its port: `127.0.0.1:7233`. */
  address: string;
  endpoint: TemporalAddress;
  namespace: string;
  proxy: Proxy | null;
}

/**
 * The settings of a remote Temporal: `TEMPORAL_ADDRESS` or a profile, as for the Temporal CLI. Null: none is configured,
 * so the embedded Temporal is used.
 * @throws Refusal if the settings cannot be read or used
 */
export function readTemporalSettings(): TemporalSettings | null {
  const config = loadConnectConfig();
  const written = config.connectionOptions.address;
  if (!written) return null;
  const endpoint = temporalAddress(written);
  const address = formatEndpoint(endpoint);
  const connectionOptions = { ...config.connectionOptions, address };
  const namespace = config.namespace ?? 'default';
  return { connectionOptions, address, endpoint, namespace, proxy: proxyFor(endpoint.host, process.env) };
}

function loadConnectConfig(): ClientConnectConfig {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new Refusal(`the Temporal settings cannot be read: ${(error as Error).message}`, undefined, { cause: error });
  }
}
