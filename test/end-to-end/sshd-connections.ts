/** A connection of a client, from the log of sshd (LogLevel VERBOSE). */
export interface SshdConnection {
  /** The address that the client connected to. */
  server: string;
  accepted: boolean;
  closed: boolean;
}

/** In the order of the log. */
export function readConnections(log: string): SshdConnection[] {
  const opened = [...log.matchAll(/^Connection from \S+ port (\d+) on (\S+) port \d+/gm)];
  return opened.map(([, port, server]) => ({
    server: server!,
    accepted: new RegExp(`^Accepted publickey for \\S+ from \\S+ port ${port} `, 'm').test(log),
    closed: new RegExp(`^(Connection closed|Connection reset|Disconnected from).* port ${port}\\b`, 'm').test(log),
  }));
}
