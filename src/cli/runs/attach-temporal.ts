import { attachToRunning } from '../../temporal/dev-server.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { parseAddress, readTemporalSettings } from '../temporal/temporal-settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { connectSession, type TemporalSession } from './temporal-session.ts';

/**
 * Connects to the Temporal in the settings, else to the embedded one of this state folder if it runs. Starts none, and no
 * worker; null if none runs.
 * @throws Refusal or Failure if it does not answer
 */
export async function attachTemporal({ env }: Pick<Terminal, 'env'>): Promise<TemporalSession | null> {
  const settings = readTemporalSettings();
  if (settings !== null) return connectSession(settings);
  const stateDir = stateFolder(env);
  const server = await attachToRunning(stateDir);
  if (server === null) return null;
  const { address, uiUrl, exited } = server;
  const local = { address, endpoint: parseAddress(address), namespace: 'default', proxy: null };
  try {
    const session = await connectSession({ ...local, connectionOptions: { address } });
    const lost = exited.then(() => `the Temporal at ${address} ended with the fleetmark that had started it`);
    return { ...session, uiUrl, lost };
  } catch (error) {
    if ((await runningServer(stateDir)) === null) return null; // it has just ended
    throw error;
  }
}
