/** An SSH server on ssh2, for behaviour that no sshd has. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import ssh2, { type Connection, type ServerConfig } from 'ssh2';
import { makeKey } from '../../src/demo/demo-key.ts';
import { listen } from './ports.ts';
import type { Sshd } from './sshd.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How a client logs in. */
export type Login = Pick<Sshd, 'user' | 'keyFile' | 'knownHostsFile'>;

export interface Ssh2Server extends Login {
  port: number;
  close(): void;
}

export async function startSsh2Server(
  onConnection: (connection: Connection) => void,
  config: Partial<ServerConfig> = {}
): Promise<Ssh2Server> {
  const key = makeKey();
  const server = new ssh2.Server({ hostKeys: [key.private], ...config }, (connection) => {
    connection.on('error', () => {});
    onConnection(connection);
  });
  const port = await listen(server);
  return { port, ...loginWith(`[127.0.0.1]:${port} ${key.public}\n`), close: () => void server.close() };
}

export function acceptEveryLogin(connection: Connection): void {
  connection.on('authentication', (attempt) => attempt.accept());
}

/** @param knownHosts - lines of known_hosts */
export function loginWith(knownHosts = ''): Login {
  const folder = temporaryFolder('login');
  const [keyFile, knownHostsFile] = ['key', 'known_hosts'].map((name) => path.join(folder, name)) as [string, string];
  writeFileSync(keyFile, makeKey().private, { mode: 0o600 });
  writeFileSync(knownHostsFile, knownHosts);
  return { user: 'bench', keyFile, knownHostsFile };
}
