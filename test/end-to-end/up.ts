import { Client, Connection } from '@temporalio/client';
import { startFleetmark } from './command-line.ts';
import type { Fleet } from './fleet.ts';

/** A running `fleetmark up`, with Temporal and a worker. */
export interface Up {
  /** The address of its Temporal. */
  address: string;
  client: Client;
  /** `http://127.0.0.1:8233` */
  webUi: string;
  /** What it has printed until it was up. */
  said: string;
  /** Sends Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** @param env additional environment variables */
export async function startUp(fleet: Fleet, env: NodeJS.ProcessEnv = {}): Promise<Up> {
  const running = startFleetmark(fleet.folder, ['up'], env);
  const [, address, webUi] = await running.waitFor(/^Temporal at (\S+), Web UI at ([^,\s]+)/m);
  const { input: said } = await running.waitFor(/^Up\./m);
  const connection = await Connection.connect({ address: address! });
  return {
    address: address!,
    webUi: webUi!,
    said,
    client: new Client({ connection }),
    async stop() {
      await connection.close();
      running.process.kill('SIGINT');
      return (await running.ended).exitCode;
    },
  };
}
