import { runningServer } from '../../temporal/server-lock.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { connectSession, type TemporalSession } from '../runs/temporal-session.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface RunningTemporal {
  session: TemporalSession;
  /** Whether it ends with the `fleetmark up` that has started it. */
  isEmbedded: boolean;
}

/**
 * Connects to the Temporal in the settings; without settings, to the embedded one, if it runs. Starts none: a schedule would
 * not outlive it.
 * @throws Refusal if none is running
 */
export async function openRunningTemporal(terminal: Pick<Terminal, 'env'>): Promise<RunningTemporal> {
  const settings = await findTemporalSettings(terminal);
  if (settings !== null) return { session: await connectSession(settings), isEmbedded: false };
  const running = await runningServer(stateFolder(terminal.env));
  if (running === null) {
    const up = `start one with \`${ownCommand('up')}\`, keep it running, and repeat this in another terminal`;
    throw new Refusal(`no Temporal of fleetmark is running here: ${up}; or set TEMPORAL_ADDRESS`);
  }
  const { address } = running;
  if (address === null) throw new Refusal('the Temporal of fleetmark is still starting here: try again');
  const [host, port] = address.split(':') as [string, string];
  const endpoint = { host, port: Number(port) };
  const embedded = { address, endpoint, namespace: 'default', proxy: null, connectionOptions: { address } };
  return { session: await connectSession(embedded), isEmbedded: true };
}
