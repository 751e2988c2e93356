import type { ClientChannel } from 'ssh2';
import { CLOSED_BY_SERVER, type Connection } from './connect.ts';
import { CLOSED_BY_RESET, describe } from './connect-failure.ts';
import { SHELL_COMMAND_LINE } from './environment.ts';

/** A shell that reads its scripts from standard input. */
export interface OpenShell {
  channel: ClientChannel;
  connection: Connection;
  /** Whether an earlier script has run in it. */
  isReused: boolean;
}

/** No command was started: the server refused the channel, or the connection was gone. */
export class ChannelNotOpened extends Error {
  /** Whether the connection stays open. */
  readonly refused: boolean;
  /** Whether the server, not the network, ended the connection. */
  readonly isClosedByServer: boolean;

  constructor(cause: Error, { lost }: Connection, refused = lost === null) {
    super(describe(cause), { cause });
    this.refused = refused;
    // A system that closes a connection with unread bytes resets it.
    this.isClosedByServer = lost === CLOSED_BY_SERVER || lost === CLOSED_BY_RESET;
  }
}

/** Opens a POSIX shell that reads its script from standard input. Rejects with {@link ChannelNotOpened}. */
export function openShell(connection: Connection): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      connection.client.exec(SHELL_COMMAND_LINE, (error, channel) => {
        if (error) return reject(new ChannelNotOpened(error, connection));
        channel.on('error', () => {}); // a write to a closed channel; `close` reports its end
        resolve(channel);
      });
    } catch (error) {
      reject(new ChannelNotOpened(error as Error, connection, false));
    }
  });
}
