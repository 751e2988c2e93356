import { Client } from '@temporalio/client';
import { createCallRetries } from '../temporal/call-retries.ts';
import { connectTemporal } from '../temporal/connect-temporal.ts';
import type { TemporalSettings } from '../temporal/temporal-settings.ts';

/** A connection to a Temporal, with its worker if that is embedded. */
export interface TemporalSession {
  client: Client;
  address: string;
  /** The Web UI; null if unknown. */
  uiUrl: string | null;
  /** Whether this Temporal is embedded, and ends with this process. */
  own: boolean;
  /** Resolves with a message if the embedded Temporal ends unexpectedly. Never resolves for a remote one. */
  lost: Promise<string>;
  /** @throws Refusal if these unfinished runs of the embedded Temporal belong to another configuration */
  refuseOtherConfiguration(runs: readonly string[]): void;
  /** Starts the embedded worker; does nothing if the workers are remote. */
  startWorker(): Promise<void>;
  /** Stops the worker, closes the connections, then stops the server. */
  close(): Promise<void>;
}

/** Connects to a remote Temporal. */
export async function connectSession(settings: TemporalSettings): Promise<TemporalSession> {
  const { address, namespace } = settings;
  const retries = createCallRetries();
  const connection = await connectTemporal(settings, retries.interceptors);
  return {
    client: new Client({ connection, namespace }),
    address,
    uiUrl: null,
    own: false,
    lost: new Promise(() => undefined),
    refuseOtherConfiguration: () => undefined,
    startWorker: () => Promise.resolve(),
    async close() {
      await retries.end();
      await connection.close();
    },
  };
}
