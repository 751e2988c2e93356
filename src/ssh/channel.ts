import type { ClientChannel } from 'ssh2';
import type { Connection } from './connect.ts';
import { describe } from './connect-failure.ts';

/** No command was started: the server refused the channel, or the connection was gone. */
export class ChannelNotOpened extends Error {
  override readonly name = 'ChannelNotOpened';
  readonly refused: boolean;

  constructor(cause: Error, refused: boolean) {
    super(describe(cause), { cause });
    this.refused = refused;
  }
}

/**
 * The one command line that we ever send: scripts and data go to its standard input, which has no limit of length, is
 * not in the process list, and means the same in every login shell.
 */
const commandLine = 'exec /bin/sh -s';

/** Opens a channel with a POSIX shell that reads its script from standard input. Rejects with {@link ChannelNotOpened}. */
export function openShell(connection: Connection): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      connection.client.exec(commandLine, (error, channel) => {
        if (error) return reject(new ChannelNotOpened(error, connection.lost === null));
        channel.on('error', () => {}); // a write to a closed channel; its end is told by `close`
        resolve(channel);
      });
    } catch (error) {
      reject(new ChannelNotOpened(error as Error, false));
    }
  });
}
