import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test, onTestFinished } from 'vitest';
import { skipsWithoutSshd } from '../support/sshd.ts';
import { accessTo, sshTo, type Access } from '../support/access.ts';
import { listen } from '../support/ports.ts';
import { sshdForTest } from '../support/sshd-for-test.ts';
import { loginWith } from '../support/ssh2-server.ts';

async function messageOf(access: Access): Promise<string> {
  const ssh = sshTo(access);
  try {
    await ssh.run('true');
    return 'connected';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await ssh.close();
  }
}

describe('a server that does not speak SSH', () => {
  const login = loginWith();

  async function failureAt(server: Server, connectTimeoutMs = 10_000): Promise<string> {
    onTestFinished(() => void server.close());
    const port = await listen(server);
    const message = await messageOf(accessTo({ port, ...login }, { settings: { connectTimeoutMs } }));
    return message.replace(`cannot connect to 127.0.0.1:${port}: `, '').replace(' (1 attempt)', '');
  }

  const serverThat = (onConnection: (socket: Socket) => void) =>
    createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    });
  const saying = (text: string | Buffer) => serverThat((socket) => socket.end(text));

  test.each([
    ['Not allowed at this time\r\n', 'it says "Not allowed at this time"; then it closed the connection'],
    ['Exceeded MaxStartups\r\n', 'it says "Exceeded MaxStartups"; then it closed the connection'],
    ['\u001b[2Jno\u0007pe', 'it says "[2Jno pe"; then it closed the connection'],
    ['SSH-1.5-ancient\r\n', 'it says "SSH-1.5-ancient", and only version 2 of SSH is supported'],
    ['x'.repeat(100_000), `it says "${'x'.repeat(119)}…"`],
    ['', 'it closed the connection without sending anything'],
  ])('is reported with what it sends: %j', async (text, message) => {
    expect(await failureAt(saying(text))).toBe(message);
  });

  test('is reported as HTTP if it is a real HTTP server', async () => {
    const said = await failureAt(createHttpServer());
    expect(said).toBe(
      'it says "HTTP/1.1 400 Bad Request Connection: close", which is HTTP, not SSH: check the port; then it closed the connection'
    );
  });

  test('is reported as TLS if it is a real TLS server', async () => {
    const server = createTlsServer({ ciphers: 'ALL' });
    server.on('tlsClientError', () => {});
    expect(await failureAt(server)).toMatch(/^(?:it speaks TLS, not SSH: check the port|it closed)/);
    const alert = Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]);
    expect(await failureAt(saying(alert))).toBe(
      'it speaks TLS, not SSH: check the port; then it closed the connection'
    );
  });

  test.each([
    ['a telnet prompt', Buffer.from([0xff, 0xfd, 0x18, 0xff, 0xfd, 0x20]), 'it speaks telnet, not SSH: check the port'],
    ['a login prompt', 'Router7\r\nlogin: ', 'it says "Router7 login:"'],
    ['a mail server', '220 mx.example ESMTP\r\n', 'it says "220 mx.example ESMTP", which is not SSH: check the port'],
  ])('is reported with what it sends while it keeps the connection open: %s', async (_name, text, said) => {
    const server = serverThat((socket) => socket.write(text));
    expect(await failureAt(server, 300)).toBe(`${said}; no SSH banner within 0.3 s (ssh.connectTimeout)`);
  });

  test('is reported with the phase in which it stopped answering', async () => {
    const waited = (what: string) => `no ${what} within 0.3 s (ssh.connectTimeout)`;
    expect(
      await failureAt(
        serverThat(() => {}),
        300
      )
    ).toBe(waited('SSH banner'));
    expect(
      await failureAt(
        serverThat((socket) => socket.write('SSH-2.0-mute\r\n')),
        300
      )
    ).toBe(waited('key exchange'));
  });
});

describe.skipIf(skipsWithoutSshd())('a real sshd', () => {
  test.each([
    [
      ['KexAlgorithms sntrup761x25519-sha512@openssh.com'],
      'key exchange',
      /^sntrup761x25519-sha512@openssh\.com$/,
      /^curve25519-sha256/,
    ],
    [
      ['Ciphers aes128-ctr', 'MACs umac-64@openssh.com,umac-128-etm@openssh.com'],
      'MAC',
      /^umac-64@openssh\.com, umac-128-etm@openssh\.com$/,
      /^hmac-sha2-256-etm/,
    ],
    [['Ciphers aes128-cbc,aes256-cbc'], 'cipher', /^aes128-cbc, aes256-cbc$/, /^aes128-gcm/],
  ])('with only %j is reported with its algorithms and the supported ones', async (config, what, offers, supported) => {
    const sshd = await sshdForTest({ config });
    const message = await messageOf(accessTo(sshd));
    const [, kind, theirs, ours] =
      /: no common (.+) algorithm: it offers (.*); supported are (.*)$/.exec(message) ?? [];
    expect(kind, message).toBe(what);
    expect(theirs).toMatch(offers);
    expect(ours).toMatch(supported);
    expect(message).not.toContain('SHA-1');
  });

  test('with only chacha20 is supported', async () => {
    const sshd = await sshdForTest({ config: ['Ciphers chacha20-poly1305@openssh.com'] });
    expect(await messageOf(accessTo(sshd))).toBe('connected');
  });

  test('with a greeting before its identification is supported', async () => {
    const sshd = await sshdForTest();
    const greeter = createServer((socket) => {
      const onward = new (socket.constructor as new () => Socket)().connect(sshd.port, '127.0.0.1');
      for (const end of [socket, onward]) end.on('error', () => {});
      socket.write('Welcome to web-7\r\nAuthorised use only\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onTestFinished(() => void greeter.close());
    const port = await listen(greeter);
    const known = readFileSync(sshd.knownHostsFile, 'utf8').replace(`:${sshd.port} `, `:${port} `);
    writeFileSync(sshd.knownHostsFile, known);
    expect(await messageOf(accessTo({ ...sshd, port }))).toBe('connected');
  });
});
