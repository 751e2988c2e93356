import { writeFileSync } from 'node:fs';
import path from 'node:path';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { makeKey } from '../../../src/demo/demo-key.ts';
import { startAgent } from '../../support/ssh-agent.ts';
import { generateKey, skipsWithoutSshd } from '../../support/sshd.ts';
import { accessTo, sshTo } from '../access.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { listen } from '../../support/ports.ts';

interface KeyExchange {
  remoteExtInfoEnabled: boolean;
}

/** An old server: it does not advertise SHA-2 for RSA keys (RFC 8308), so ssh2 signs with SHA-1. */
function sayNothingOfAlgorithms(connection: ssh2.Connection): void {
  let current: KeyExchange | undefined;
  Object.defineProperty((connection as unknown as { _protocol: object })._protocol, '_kex', {
    get: () => current,
    set: (exchange: KeyExchange | undefined) => {
      current = exchange;
      if (exchange) Object.defineProperty(exchange, 'remoteExtInfoEnabled', { get: () => false, set: () => {} });
    },
  });
}

test.skipIf(skipsWithoutSshd())('an RSA key never signs with SHA-1, whether in a file or in an agent', async () => {
  const dir = temporaryFolder('sha1');
  const keyFile = path.join(dir, 'rsa');
  generateKey(keyFile, 'rsa');
  const agent = await startAgent();
  agent.add(keyFile);
  const hostKey = makeKey();
  const asked: string[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    sayNothingOfAlgorithms(connection);
    connection.on('error', () => {});
    connection.on('authentication', (attempt) => {
      if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
      asked.push(`${attempt.key.algo}${attempt.signature ? ' signed' : ''}`);
      attempt.accept();
    });
  });
  const port = await listen(server);
  const knownHostsFile = path.join(dir, 'known_hosts');
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.public}\n`);
  try {
    for (const access of [
      accessTo({ port, user: 'bench', keyFile, knownHostsFile }),
      accessTo(
        { port, user: 'bench', keyFile: `${keyFile}.pub`, knownHostsFile },
        { settings: { agentSocket: agent.socket } }
      ),
    ]) {
      const ssh = sshTo(access);
      await expect(ssh.run('true')).rejects.toMatchObject({
        kind: 'HostUnsuitable',
        message: expect.stringContaining(
          'it accepts RSA signatures only with SHA-1, which is disabled; use an ed25519 or ECDSA key'
        ),
      });
      await ssh.close();
    }
    expect(asked).toEqual(['ssh-rsa', 'ssh-rsa']);
  } finally {
    server.close();
    await agent.stop();
  }
});
