import path from 'node:path';
import type ssh2 from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { startAgent } from '../../support/ssh-agent.ts';
import { generateKey, skipsWithoutSshd } from '../../support/sshd.ts';
import { accessTo, sshTo } from '../../support/access.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startSsh2Server } from '../../support/ssh2-server.ts';

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
  const asked: string[] = [];
  const server = await startSsh2Server((connection) => {
    sayNothingOfAlgorithms(connection);
    connection.on('authentication', (attempt) => {
      if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
      asked.push(`${attempt.key.algo}${attempt.signature ? ' signed' : ''}`);
      attempt.accept();
    });
  });
  onTestFinished(() => server.close());
  const keyFile = path.join(temporaryFolder('sha1'), 'rsa');
  generateKey(keyFile, 'rsa');
  const agent = await startAgent();
  onTestFinished(() => agent.stop());
  agent.add(keyFile);
  for (const access of [
    accessTo({ ...server, keyFile }),
    accessTo({ ...server, keyFile: `${keyFile}.pub` }, { settings: { agentSocket: agent.socket } }),
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
});

test.skipIf(skipsWithoutSshd())('after an RSA key that could only sign with SHA-1, the next key is tried', async () => {
  const server = await startSsh2Server((connection) => {
    sayNothingOfAlgorithms(connection);
    connection.on('authentication', (attempt) => {
      if (attempt.method === 'publickey') attempt.accept();
      else attempt.reject(['publickey']);
    });
  });
  onTestFinished(() => server.close());
  const keyFile = path.join(temporaryFolder('sha1'), 'rsa');
  generateKey(keyFile, 'rsa');
  const ssh = sshTo(accessTo(server, { server: { identities: [{ keyFile }, { keyFile: server.keyFile }] } }));
  onTestFinished(() => ssh.close());
  expect(await ssh.connection()).toMatchObject({ trusted: 'known_hosts' });
});
