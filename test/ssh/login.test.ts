import { appendFileSync, chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, test, onTestFinished } from 'vitest';
import { startAgent } from '../support/ssh-agent.ts';
import { generateKey, skipsWithoutSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, sshTo, type Access } from '../support/access.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { listen } from '../support/ports.ts';
import { sshdForTest } from '../support/sshd-for-test.ts';

/** A key that is authorized on the server. */
function keyAt(sshd: Sshd, type: 'ed25519' | 'ecdsa' | 'rsa'): string {
  const file = path.join(sshd.dir, `own_${type}_${Math.random()}`);
  generateKey(file, type);
  appendFileSync(path.join(sshd.dir, 'authorized_keys'), readFileSync(`${file}.pub`));
  return file;
}

async function outcomeOf(access: Access): Promise<{ kind: string; message: string }> {
  const ssh = sshTo(access);
  try {
    const { exitCode } = await ssh.run('true');
    return { kind: 'connected', message: `exit code ${exitCode}` };
  } catch (error) {
    return error as { kind: string; message: string };
  } finally {
    await ssh.close();
  }
}

describe.skipIf(skipsWithoutSshd())('a server that requires a second factor', () => {
  test.each([
    ['publickey,password', 'password', ['PasswordAuthentication yes']],
    ['publickey,keyboard-interactive', 'keyboard-interactive', ['KbdInteractiveAuthentication yes', 'UsePAM yes']],
    ['publickey,publickey', 'another key', []],
  ])('(%s) is not reported as refusing the key', async (methods, wanted, config) => {
    const sshd = await sshdForTest({ config: [`AuthenticationMethods ${methods}`, ...config] });
    const expected = {
      kind: 'SecondFactorRequired',
      message: `cannot connect to 127.0.0.1:${sshd.port}: it accepted the key and requires another factor (${wanted}), which fleetmark cannot provide`,
    };
    for (const type of ['ed25519', 'rsa'] as const) {
      const access = accessTo(sshd, {
        server: { identities: [{ keyFile: keyAt(sshd, type) }] },
        settings: { giveUpAfterMs: 60_000 },
      });
      expect(await outcomeOf(access), type).toMatchObject(expected);
    }
    const agent = await startAgent();
    onTestFinished(() => agent.stop());
    agent.add(sshd.keyFile);
    const access = accessTo(sshd, { server: { identities: ['ssh-agent'] }, settings: { agentSocket: agent.socket } });
    expect(await outcomeOf(access), 'agent').toMatchObject(expected);
  });

  test('accepts an ssh-agent that holds both required keys', async () => {
    const sshd = await sshdForTest({ config: ['AuthenticationMethods publickey,publickey'] });
    const agent = await startAgent();
    onTestFinished(() => agent.stop());
    for (const file of [sshd.keyFile, keyAt(sshd, 'ecdsa')]) agent.add(file);
    const access = accessTo(sshd, { server: { identities: ['ssh-agent'] }, settings: { agentSocket: agent.socket } });
    expect(await outcomeOf(access)).toMatchObject({ kind: 'connected' });
  });
});

describe.skipIf(skipsWithoutSshd())('a server that restricts public keys', () => {
  test('to none, since it accepts only passwords, is not reported as refusing the key', async () => {
    const sshd = await sshdForTest({ config: ['PubkeyAuthentication no', 'PasswordAuthentication yes'] });
    expect(await outcomeOf(accessTo(sshd))).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringContaining(
        `it accepts no keys from ${sshd.user}, only password: allow PubkeyAuthentication`
      ),
    });
  });

  test('to none is offered one key, even of an ssh-agent with more keys than it allows attempts', async () => {
    const config = ['PubkeyAuthentication no', 'PasswordAuthentication yes', 'MaxAuthTries 2'];
    const sshd = await sshdForTest({ config });
    const agent = await startAgent();
    onTestFinished(() => agent.stop());
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) agent.add(keyAt(sshd, type));
    const settings = { agentSocket: agent.socket };
    expect(await outcomeOf(accessTo(sshd, { server: { identities: ['ssh-agent'] }, settings }))).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringContaining('it accepts no keys'),
    });
  });

  test('to RSA with SHA-512, which ssh also prefers, accepts the login', async () => {
    const sshd = await sshdForTest({ config: ['PubkeyAcceptedAlgorithms rsa-sha2-512'] });
    const access = accessTo(sshd, { server: { identities: [{ keyFile: keyAt(sshd, 'rsa') }] } });
    expect(await outcomeOf(access)).toMatchObject({ kind: 'connected' });
  });

  test('without announcing it gets a message that it may refuse the key type', async () => {
    const sshd = await sshdForTest({ config: ['PubkeyAcceptedAlgorithms ecdsa-sha2-nistp256'] });
    expect(await outcomeOf(accessTo(sshd))).toMatchObject({
      kind: 'AuthenticationFailed',
      message: expect.stringContaining('it refused this user, this key or all keys of this type (ssh-ed25519)'),
    });
    const access = accessTo(sshd, { server: { identities: [{ keyFile: keyAt(sshd, 'ecdsa') }] } });
    expect(await outcomeOf(access)).toMatchObject({ kind: 'connected' });
  });
});

describe.skipIf(skipsWithoutSshd() || process.getuid?.() !== 0)('a chroot directory with wrong modes', () => {
  test.each([
    ['root', /^its login shell ends \(255\) .*; it says: bad ownership or modes for chroot directory/],
    [
      'nobody',
      /^its SSH server accepts the login and closes the connection before a shell starts, 6 times: see its log for the reason \(for example, the owner or mode of a chroot directory/,
    ],
  ])('is not a network failure, for user %s', async (user, message) => {
    const dir = temporaryFolder('jail');
    chmodSync(dir, 0o777);
    const sshd = await sshdForTest({ config: [`ChrootDirectory ${dir}`, `AuthorizedKeysFile ${dir}/keys`] });
    copyFileSync(`${sshd.keyFile}.pub`, path.join(dir, 'keys'));
    const outcome = await outcomeOf(accessTo(sshd, { server: { user } }));
    expect(outcome).toMatchObject({ kind: 'HostUnsuitable', message: expect.stringMatching(message) });
  });
});

describe.skipIf(skipsWithoutSshd())('an ssh-agent', () => {
  test('without keys is not reported as a refused key', async () => {
    const sshd = await sshdForTest();
    const agent = await startAgent();
    onTestFinished(() => agent.stop());
    const access = accessTo(sshd, { server: { identities: ['ssh-agent'] }, settings: { agentSocket: agent.socket } });
    expect(await outcomeOf(access)).toMatchObject({
      kind: 'InvalidConfig',
      message: 'the ssh-agent has no usable keys (ssh-add adds one, ssh-add -X unlocks it)',
    });
  });

  test('that lists its keys but does not sign is not reported as an unreachable server', async () => {
    const sshd = await sshdForTest();
    const socket = path.join(sshd.dir, 'unsigning');
    const content = readFileSync(`${sshd.keyFile}.pub`, 'utf8').split(' ')[1]!;
    const blob = Buffer.from(content, 'base64');
    const identities = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), sized(blob), sized(Buffer.from('test'))]);
    const agent = createServer((connection) => {
      connection.on('data', (request) => {
        if (request[4] === 11) connection.write(sized(identities)); // SSH_AGENTC_REQUEST_IDENTITIES
      });
    }).listen(socket);
    onTestFinished(() => void agent.close());
    await once(agent, 'listening');
    const access = accessTo(sshd, {
      server: { identities: [{ keyFile: `${sshd.keyFile}.pub` }] },
      settings: { agentSocket: socket, connectTimeoutMs: 500, giveUpAfterMs: 60_000 },
    });
    expect(await outcomeOf(access)).toMatchObject({
      kind: 'InvalidConfig',
      message: expect.stringContaining('no signature from the ssh-agent within 0.5 s'),
    });
  });
});

/** The server of ssh2 accepts the algorithms that it is configured with, and advertises them. */
test.skipIf(skipsWithoutSshd())(
  'a server that announces its signature algorithms is not reported as refusing a key of another type',
  async () => {
    const sshd = await sshdForTest();
    const server = new ssh2.Server({ hostKeys: [readFileSync(path.join(sshd.dir, 'host_ed25519'))] }, (connection) => {
      connection.on('error', () => {});
      connection.on('authentication', (attempt) => attempt.reject(['publickey']));
      sayAlgorithms(connection, 'ecdsa-sha2-nistp256,rsa-sha2-512');
    });
    onTestFinished(() => void server.close());
    const port = await listen(server);
    const access = accessTo({ ...sshd, port });
    const line = `[127.0.0.1]:${port} ${sshd.hostKeys[0]}\n`;
    appendFileSync(sshd.knownHostsFile, line);
    expect(await outcomeOf(access)).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringContaining(
        'it accepts no signatures of ssh-ed25519 keys, only ecdsa-sha2-nistp256, rsa-sha2-512: use a key of such a type'
      ),
    });
  }
);

/** Replaces the list that ssh2 sends, padded with blanks to the same length. */
function sayAlgorithms(connection: ssh2.Connection, names: string): void {
  const { _protocol: protocol } = connection as unknown as { _protocol: { _cipher: object } };
  let current: { encrypt(packet: Buffer): void } | undefined;
  const wrap = (cipher: { encrypt(packet: Buffer): void }) => {
    const encrypt = cipher.encrypt.bind(cipher);
    cipher.encrypt = (packet) => {
      const at = packet.indexOf('server-sig-algs');
      if (at >= 0) {
        const length = packet.readUInt32BE(at + 15);
        packet.write(names.padEnd(length, ','), at + 19, 'latin1');
      }
      encrypt(packet);
    };
    return cipher;
  };
  current = wrap(protocol._cipher as never);
  Object.defineProperty(protocol, '_cipher', {
    get: () => current,
    set: (cipher) => (current = wrap(cipher as never)),
  });
}

function sized(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
