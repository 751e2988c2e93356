import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { Refusal } from './refusal.ts';

/**
 * The Temporal that the environment names: `TEMPORAL_ADDRESS` or a profile, as for the Temporal CLI. Null: none is
 * named, so one is started here.
 */
export function configuredTemporal(): (ClientConnectConfig & { address: string }) | null {
  try {
    const config = loadClientConnectConfig();
    const address = config.connectionOptions.address;
    return address === undefined ? null : { ...config, address };
  } catch (error) {
    throw new Refusal(`the Temporal settings cannot be read: ${(error as Error).message}`, undefined, { cause: error });
  }
}
