import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failures/failure.ts';
import { generateKey, skipsWithoutSshd, startSshd, type Sshd } from '../../support/sshd.ts';
import { startAgent, type SshAgent } from '../../support/ssh-agent.ts';
import { openShell } from '../../../src/ssh/connections/channel.ts';
import { connect } from '../../../src/ssh/connections/connect.ts';
import { authenticator } from '../../../src/ssh/keys/authentication.ts';
import { directTransport } from '../../../src/ssh/connections/direct-transport.ts';
import { accessTo, sshTo, type Access } from '../../support/access.ts';
import { silent } from '../../support/silent.ts';
import { freePort, listen } from '../../support/ports.ts';
import { sshdForTest } from '../../support/sshd-for-test.ts';
import { loginWith } from '../../support/ssh2-server.ts';

/** The failure when connecting to a server and running `true` on it. */
async function failureOf(access: Access): Promise<Failure> {
  const ssh = sshTo(access);
  try {
    const result = await ssh.run('true');
    throw new Error(`connected: ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  } finally {
    await ssh.close();
  }
}

async function exitCodeOn(access: Access): Promise<number | null> {
  const ssh = sshTo(access);
  try {
    return (await ssh.run('true')).exitCode;
  } finally {
    await ssh.close();
  }
}

describe.skipIf(skipsWithoutSshd())('connecting to a real sshd', () => {
  let sshd: Sshd;
  let agent: SshAgent;
  const file = (name: string) => path.join(sshd.dir, name);
  const knownHosts = (text: string) => {
    writeFileSync(file('other_known_hosts'), text);
    return [file('other_known_hosts')];
  };

  beforeAll(async () => {
    sshd = await startSshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'], config: ['MaxAuthTries 6'] });
    agent = await startAgent();
    for (let i = 0; i < 9; i++) {
      generateKey(file(`wrong_${i}`));
      agent.add(file(`wrong_${i}`));
    }
    agent.add(sshd.keyFile);
  });
  afterAll(async () => {
    await agent.stop();
    await sshd.stop();
  });

  test.each([0, 1, 2])('succeeds if known_hosts has only one of its host keys (%i)', async (index) => {
    const files = knownHosts(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys[index]}\n`);
    expect(await exitCodeOn(accessTo(sshd, { settings: { knownHostsFiles: files } }))).toBe(0);
  });

  test.each(['rsa', 'ecdsa'] as const)('succeeds with an %s key', async (type) => {
    generateKey(file(`client_${type}`), type);
    writeFileSync(file('authorized_keys'), readFileSync(file(`client_${type}.pub`)), { flag: 'a' });
    expect(await exitCodeOn(accessTo(sshd, { server: { identities: [{ keyFile: file(`client_${type}`) }] } }))).toBe(0);
  });

  test('fails with both fingerprints and the line if the host key differs from the known one', async () => {
    generateKey(file('impostor'));
    const key = readFileSync(file('impostor.pub'), 'utf8');
    const files = knownHosts(`[127.0.0.1]:${sshd.port} ${key}`);
    const failure = await failureOf(accessTo(sshd, { settings: { knownHostsFiles: files, giveUpAfterMs: 60_000 } }));
    expect(failure.kind).toBe('HostKeyMismatch');
    expect(failure.message).toMatch(
      new RegExp(
        `^127\\.0\\.0\\.1:${sshd.port} presents the host key ssh-ed25519 SHA256:\\S+, but ${files[0]} line 1 expects SHA256:\\S+$`
      )
    );
  });

  test('is refused if no host key is known', async () => {
    const failure = await failureOf(
      accessTo(sshd, { settings: { knownHostsFiles: [file('absent')], giveUpAfterMs: 60_000 } })
    );
    expect(failure).toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringContaining(`not in ${file('absent')}`),
    });
  });

  test('fails after one attempt if the server does not know the key', async () => {
    const attempts = () => sshd.log().match(/Connection from/g)!.length;
    const before = attempts();
    const access = accessTo(sshd, {
      server: { identities: [{ keyFile: file('wrong_0') }] },
      settings: { giveUpAfterMs: 60_000 },
    });
    const failure = await failureOf(access);
    expect(failure.kind).toBe('AuthenticationFailed');
    expect(failure.message).toContain(`as ${sshd.user} with ${file('wrong_0')}`);
    expect(attempts() - before).toBe(1);
    expect(sshd.log()).not.toMatch(/Failed (none|password)/);
  });

  /** The port of the client, once for each key that it tried. */
  const keysTried = () =>
    [...sshd.log().matchAll(/(?:Failed|Accepted) publickey .* port (\d+)/g)].map(([, port]) => port!);
  /** By the latest connection after these keys. The log of an earlier one may arrive late. */
  const keysTriedAfter = (earlier: readonly string[]) => {
    const ports = keysTried();
    return ports.filter((port) => port === ports.at(-1) && !earlier.includes(port)).length;
  };

  test('offers only the first keys of the agent, up to the limit of sshd, and says so', async () => {
    const earlier = keysTried();
    const failure = await failureOf(
      accessTo(sshd, { server: { identities: ['ssh-agent'] }, settings: { agentSocket: agent.socket } })
    );
    expect(failure).toMatchObject({
      kind: 'AuthenticationFailed',
      message: expect.stringMatching(
        /with the first 6 of the \d+ keys of the ssh-agent \(ssh\.key can name the public key of the right one\): Too many/
      ),
    });
    await expect.poll(() => keysTriedAfter(earlier)).toBe(6); // the log arrives a moment later
  });

  test('names a key file for which no attempt is left after the keys of the agent', async () => {
    const access = accessTo(sshd, {
      server: { identities: ['ssh-agent', { keyFile: file('unused_rsa') }] },
      settings: { agentSocket: agent.socket },
    });
    generateKey(file('unused_rsa'), 'rsa');
    expect((await failureOf(access)).message).toMatch(/Too many authentication failures; not tried: \S+\/unused_rsa$/);
  });

  test('explains what to do if the server refuses too many agent keys before the right one', async () => {
    const strict = await sshdForTest({ config: ['MaxAuthTries 2'] });
    const keys = await startAgent();
    try {
      for (const key of [file('wrong_0'), file('wrong_1'), strict.keyFile]) keys.add(key);
      const settings = { agentSocket: keys.socket };
      expect(await failureOf(accessTo(strict, { server: { identities: ['ssh-agent'] }, settings }))).toMatchObject({
        kind: 'AuthenticationFailed',
        message: expect.stringContaining(
          'with the first 2 of the 3 keys of the ssh-agent (ssh.key can name the public key of the right one): Too many'
        ),
      });
      expect(
        await exitCodeOn(accessTo(strict, { server: { identities: [{ keyFile: `${strict.keyFile}.pub` }] }, settings }))
      ).toBe(0);
    } finally {
      await keys.stop();
    }
  });

  test('offers only the agent key that the key file names', async () => {
    const earlier = keysTried();
    const access = accessTo(sshd, {
      server: { identities: [{ keyFile: `${sshd.keyFile}.pub` }] },
      settings: { agentSocket: agent.socket },
    });
    expect(await exitCodeOn(access)).toBe(0);
    await expect.poll(() => keysTriedAfter(earlier)).toBe(1);
  });

  test('says that the certificate of a refused key was not presented', async () => {
    writeFileSync(file('wrong_1-cert.pub'), 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
    const failure = await failureOf(accessTo(sshd, { server: { identities: [{ keyFile: file('wrong_1') }] } }));
    const certificate = `without ${file('wrong_1-cert.pub')}, as ssh2 has no certificates`;
    expect(failure).toMatchObject({ kind: 'AuthenticationFailed', message: expect.stringContaining(certificate) });
  });

  test('succeeds with an encrypted key and its passphrase', async () => {
    generateKey(file('locked'), 'ed25519', 'sesame');
    writeFileSync(file('authorized_keys'), readFileSync(file('locked.pub')), { flag: 'a' });
    const access = accessTo(sshd, {
      server: { identities: [{ keyFile: file('locked') }] },
      settings: { passphrase: { command: 'echo sesame' } },
    });
    expect(await exitCodeOn(access)).toBe(0);
  });

  test('reports an agent that has ended', async () => {
    const access = accessTo(sshd, {
      server: { identities: ['ssh-agent'] },
      settings: { agentSocket: file('no-agent') },
    });
    expect(await failureOf(access)).toMatchObject({
      kind: 'InvalidConfig',
      message: 'the ssh-agent does not answer: Failed to connect to agent',
    });
  });

  test('is a configuration error without a key and an agent', async () => {
    expect(await failureOf(accessTo(sshd, { server: { identities: ['ssh-agent'] } }))).toMatchObject({
      kind: 'InvalidConfig',
      message: `there is neither a key file for ${sshd.user}@127.0.0.1 nor an ssh-agent`,
    });
  });

  test('is refused if the server signs its host key only with SHA-1', async () => {
    const old = await sshdForTest({ hostKeyTypes: ['rsa'], config: ['HostKeyAlgorithms ssh-rsa'] });
    expect(await failureOf(accessTo(old))).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringMatching(
        /no common host key algorithm: it offers ssh-rsa; supported are .*; SHA-1 is disabled$/
      ),
    });
  });

  test('is refused if the server supports only SHA-1 key exchange', async () => {
    const old = await sshdForTest({ config: ['KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1'] });
    expect(await failureOf(accessTo(old))).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringMatching(
        /no common key exchange algorithm: it offers diffie-hellman-group14-sha1, diffie-hellman-group1-sha1; .*; SHA-1 is disabled$/
      ),
    });
  });

  test('is refused, without a signature, if the server accepts only SHA-1 signatures', async () => {
    const old = await sshdForTest({ config: ['PubkeyAcceptedAlgorithms ssh-rsa'] });
    const rsa = path.join(old.dir, 'client_rsa');
    generateKey(rsa, 'rsa');
    writeFileSync(path.join(old.dir, 'authorized_keys'), readFileSync(`${rsa}.pub`));
    // It claims to accept SHA-2, so the message can say no more.
    expect((await failureOf(accessTo(old, { server: { identities: [{ keyFile: rsa }] } }))).kind).toBe(
      'AuthenticationFailed'
    );
    expect(old.log()).toMatch(/algorithm rsa-sha2-(?:256|512) not in PubkeyAcceptedAlgorithms/);
    expect(old.log()).not.toMatch(/(?:Postponed|Accepted) publickey/);
  });

  test('is refused if the server supports only SHA-1 MACs', async () => {
    const old = await sshdForTest({ config: ['MACs hmac-sha1,hmac-sha1-etm@openssh.com', 'Ciphers aes128-ctr'] });
    expect(await failureOf(accessTo(old))).toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringMatching(
        /no common MAC algorithm: it offers hmac-sha1, hmac-sha1-etm@openssh\.com; .*; SHA-1 is disabled$/
      ),
    });
  });

  test('waits for a server that is still starting', async () => {
    const port = await freePort();
    const late = { ...sshd, port };
    const files = knownHosts(`[127.0.0.1]:${port} ${sshd.hostKeys[0]}\n`);
    const access = accessTo(late, { settings: { knownHostsFiles: files, giveUpAfterMs: 30_000 } });
    const connections: Socket[] = [];
    const forwarder = createServer((socket) => {
      connections.push(socket);
      if (connections.length === 1) return socket.destroy(); // like an sshd that has reached MaxStartups
      const onward = new (socket.constructor as new () => Socket)().connect(sshd.port, '127.0.0.1');
      for (const end of [socket, onward]) end.on('error', () => {});
      return socket.pipe(onward).pipe(socket);
    }).listen(port, '127.0.0.1');
    try {
      expect(await exitCodeOn(access)).toBe(0);
      expect(connections).toHaveLength(2);
    } finally {
      forwarder.close();
    }
  });
});

describe('an unreachable server', () => {
  const servers: TcpServer[] = [];
  const login = loginWith();
  afterAll(() => {
    for (const server of servers) server.close();
  });

  async function failureOfServer(onConnection: (socket: Socket) => void, connectTimeoutMs = 10_000): Promise<Failure> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    });
    servers.push(server);
    const port = await listen(server);
    return failureOf(accessTo({ port, ...login }, { settings: { connectTimeoutMs } }));
  }
  const unreachable = (text: RegExp | string) => ({
    kind: 'ServerUnreachable',
    message: expect.stringMatching(text),
  });

  test('is reported if it refuses the connection', async () => {
    const access = accessTo({ port: await freePort(), ...login });
    expect(await failureOf(access)).toMatchObject(
      unreachable(/^cannot connect to 127\.0\.0\.1:\d+: connection refused \(1 attempt\)$/)
    );
  });

  test('is reported if its host name does not exist', async () => {
    const access = accessTo({ port: 22, ...login }, { server: { host: 'web-7.invalid' } });
    expect(await failureOf(access)).toMatchObject(unreachable(/DNS |host name web-7\.invalid not found/));
  });

  test('is reported if it sends nothing', async () => {
    expect(await failureOfServer(() => {}, 200)).toMatchObject(
      unreachable(/: no SSH banner within 0\.2 s \(ssh\.connectTimeout\)/)
    );
  });

  test('is reported if it closes the connection at once', async () => {
    expect(await failureOfServer((socket) => socket.end())).toMatchObject(
      unreachable(/: it closed the connection without sending anything/)
    );
  });

  test('is reported if it sends its banner and closes, although ssh2 emits no error', async () => {
    expect(await failureOfServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'))).toMatchObject(
      unreachable(/: it closed the connection during the key exchange/)
    );
  });

  test('is reported if it resets the connection', async () => {
    expect(await failureOfServer((socket) => socket.resetAndDestroy())).toMatchObject(unreachable(/connection reset/));
  });

  test('is abandoned at once when the caller aborts', async () => {
    const abort = new AbortController();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      abort.abort(new Error('cancelled'));
    });
    servers.push(server);
    const port = await listen(server);
    const ssh = sshTo(accessTo({ port, ...login }));
    await expect(ssh.run('true', { signal: abort.signal })).rejects.toThrow('cancelled');
    await ssh.close();
  });
});

describe.skipIf(skipsWithoutSshd())('a host key', () => {
  const connectWith = async (sshd: Sshd, verify: (key: Buffer) => Failure | null) => {
    const { server, settings } = accessTo(sshd);
    const hostKey = { algorithms: ['ssh-ed25519' as const], verify, confirm: async () => 'known_hosts' as const };
    const authentication = await authenticator()(server, settings);
    return connect(
      {
        hop: server,
        transport: directTransport(server, [{ address: server.host, family: 4 }]),
        settings,
        hostKey,
        authentication,
        keepaliveMs: 10_000,
      },
      silent,
      new AbortController().signal
    );
  };

  test('is verified again at every key exchange, and the connection ends if it is no longer accepted', async () => {
    const sshd = await sshdForTest({ config: ['RekeyLimit 1M'] });
    let asked = 0;
    const connection = await connectWith(sshd, () => (++asked < 3 ? null : new Failure('HostKeyMismatch', 'changed')));
    expect(asked).toBe(1);
    const channel = await openShell(connection);
    channel.resume().stderr.resume();
    channel.end('head -c 20000000 /dev/zero');
    await connection.ended;
    expect(asked).toBe(3);
  });

  test('reaches the verifier unhashed', async () => {
    const sshd = await sshdForTest();
    let shown: Buffer = Buffer.alloc(0);
    const connection = await connectWith(sshd, (key) => {
      shown = key;
      return null;
    });
    connection.destroy();
    expect(`ssh-ed25519 ${shown.toString('base64')}`).toBe(sshd.hostKeys[0]);
  });
});

test('no source file uses an asynchronous hostVerifier or a hostHash, which make ssh2 accept every key', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = sources.map((name) => readFileSync(path.join('src', name), 'utf8'));
  const verifiers = texts.flatMap((text) => text.match(/hostVerifier\b.*/g) ?? []);
  expect(verifiers).toEqual(['hostVerifier: (key: Buffer): boolean => {']);
  expect(texts.filter((text) => text.includes('hostHash'))).toEqual([]);
});
