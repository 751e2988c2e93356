import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { Refusal } from './refusal.ts';

export type TemporalTarget = ClientConnectConfig & { address: string; namespace: string };

/**
 * The Temporal that the environment names: `TEMPORAL_ADDRESS` or a profile, as for the Temporal CLI. Null: none is
 * named, so one is started here.
 */
export function configuredTemporal(): TemporalTarget | null {
  try {
    const config = loadClientConnectConfig();
    const address = config.connectionOptions.address;
    return address === undefined ? null : { ...config, address, namespace: config.namespace ?? 'default' };
  } catch (error) {
    throw new Refusal(`the Temporal settings cannot be read: ${(error as Error).message}`, undefined, { cause: error });
  }
}
