import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi, onTestFinished } from 'vitest';
import type { Hop, SshSettings, Route } from '../../src/domain/servers/server.ts';
import { createLogger } from '../../src/logging/logger.ts';
import type { SshDependencies } from '../../src/ssh/create-ssh.ts';
import { generateKey, skipsWithoutSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, hopTo, sshTo, sshToAll, type Access } from '../support/access.ts';
import { breakableLink } from './jobs/breakable-link.ts';
import { Lab } from './jobs/lab.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort, listen } from '../support/ports.ts';
import { sshdForTest } from '../support/sshd-for-test.ts';
import { acceptEveryLogin, startSsh2Server } from '../support/ssh2-server.ts';

const soon = { timeout: 10_000 };

function accepted(sshd: Sshd): number {
  return sshd.log().match(/^Accepted publickey/gm)?.length ?? 0;
}

function attempts(sshd: Sshd): number {
  return sshd.log().match(/^Connection from/gm)?.length ?? 0;
}

describe.skipIf(skipsWithoutSshd())('a server behind jump hosts', () => {
  let dir: string;

  beforeEach(() => {
    dir = temporaryFolder('jump');
  });
  /** Refuses this many channels as prohibited, and then forwards them. */
  async function refusingJumpHost(refusals: number) {
    let refused = 0;
    let startForwarding = () => {};
    const debug = (text: string) => {
      if (text.includes('Automatic rejection') && ++refused === refusals) startForwarding();
    };
    const server = await startSsh2Server(
      (connection) => {
        acceptEveryLogin(connection);
        startForwarding = () =>
          connection.on('tcpip', (accept, _reject, { destIP, destPort }) => {
            const near = accept();
            const far = new Socket().connect(destPort, destIP);
            for (const stream of [near, far]) stream.on('error', () => {});
            near.pipe(far).pipe(near);
          });
      },
      { debug }
    );
    onTestFinished(() => server.close());
    return { ...server, refused: () => refused };
  }

  function behind(jumps: (Sshd | Hop)[], end: Sshd, settings: Partial<SshSettings> = {}): Access {
    const hops = jumps.map((jump) => ('log' in jump ? hopTo(jump) : jump));
    const knownHostsFiles = [...jumps, end].flatMap((hop) => ('log' in hop ? hop.knownHostsFile : []));
    return accessTo(end, { server: { jumps: hops }, settings: { knownHostsFiles, ...settings } });
  }

  function connecting(access: Access, more: Partial<SshDependencies> = {}) {
    const ssh = sshTo(access, more);
    onTestFinished(() => ssh.close());
    return ssh;
  }

  /** Runs a command on each of many servers in parallel. */
  async function runOnAll(targets: Route[], settings: SshSettings, more: Partial<SshDependencies> = {}) {
    const ssh = sshToAll(targets, settings, more);
    onTestFinished(() => ssh.close());
    const request = { commandId: 'look', command: 'echo here', timeoutMs: 60_000 };
    const runOn = (serverId: string) => ssh.runCommand({ ...request, serverId, signal: new AbortController().signal });
    return Promise.all(targets.map(({ serverId }) => runOn(serverId)));
  }

  test('is reached over two hops, each with its own key, and reports its own facts', async () => {
    const [first, second, end] = [await sshdForTest(), await sshdForTest(), await sshdForTest()];
    const { run, connection } = connecting(behind([first, second], end));
    expect((await run('echo there')).stdout).toBe('there\n');
    expect(await connection()).toMatchObject({ port: end.port, trusted: 'known_hosts' });
    // In total more than the window of a forwarded channel.
    for (let looks = 1; looks <= 12; looks++) await run('head -c 250000 /dev/zero');
    expect([first, second, end].map(accepted)).toEqual([1, 1, 1]);
    expect(end.log()).toContain('Connection from 127.0.0.1');
  });

  test('shares one connection to its jump host with all other servers behind it', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest({ listenAddresses: ['0.0.0.0'] })];
    const known = path.join(dir, 'known_hosts');
    writeFileSync(known, `[127.0.*]:${jump.port} ${jump.hostKeys[0]}\n[127.0.1.*]:${end.port} ${end.hostKeys[0]}\n`);
    const { server, settings } = behind([jump], end, { knownHostsFiles: [known] });
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
    const targets = numbers.map((number) => ({ ...server, serverId: `web-${number}`, host: `127.0.1.${number}` }));
    const results = await runOnAll(targets, settings);
    expect(results.map(({ stdout }) => stdout)).toEqual(Array(30).fill('here\n'));
    expect([attempts(jump), accepted(jump), accepted(end)]).toEqual([1, 1, 30]);
  });

  test.each([1, 2])('continues its job after the first of %i jump hosts is killed and comes back', async (hops) => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const lab = new Lab(end);
    try {
      const others = hops === 1 ? [] : [await sshdForTest()];
      const access = behind([jump, ...others], end, { giveUpAfterMs: 20_000 });
      const { run, starts } = await lab.job(lab.worker({ access: () => access }));
      const go = path.join(dir, 'go');
      const result = run(`until [ -e '${go}' ]; do sleep 0.1; done; echo survived`);
      await vi.waitFor(() => expect(starts()).toBe(1), soon);
      await jump.crash();
      await jump.restart();
      await vi.waitFor(() => expect(accepted(jump)).toBe(2), { timeout: 20_000 });
      writeFileSync(go, '');
      expect((await result).stdout).toBe('survived\n');
      expect(starts()).toBe(1);
    } finally {
      await lab.close();
    }
  });

  test('loses its command if its jump host ends, and the failure says so', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const { run } = connecting(behind([jump], end));
    const up = path.join(dir, 'up');
    const lost = run(`: >'${up}'; sleep 1000`).catch((error: unknown) => error);
    await vi.waitFor(() => expect(existsSync(up)).toBe(true), soon);
    jump.killSessions();
    expect(await lost).toMatchObject({
      kind: 'ConnectionLost',
      message: expect.stringContaining(`the connection to the jump host 127.0.0.1:${jump.port} was lost`),
    });
    expect((await run('echo again')).stdout).toBe('again\n');
  });

  test('loses its command if it disconnects itself, although the jump host stays', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const { run } = connecting(behind([jump], end), { keepaliveMs: 600_000 });
    const up = path.join(dir, 'up');
    const lost = run(`: >'${up}'; sleep 1000`).catch((error: unknown) => error);
    await vi.waitFor(() => expect(existsSync(up)).toBe(true), soon);
    end.killSessions();
    expect(await lost).toMatchObject({ kind: 'ConnectionLost', message: expect.stringContaining('the server closed') });
    expect((await run('echo again')).stdout).toBe('again\n');
    expect(accepted(jump)).toBe(1);
  });

  test('is not reached if the jump host presents another host key than the known one', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    generateKey(path.join(dir, 'impostor'));
    const known = path.join(dir, 'known_hosts');
    const key = readFileSync(path.join(dir, 'impostor.pub'), 'utf8');
    writeFileSync(known, `[127.0.0.1]:${jump.port} ${key}${readFileSync(end.knownHostsFile, 'utf8')}`);
    const { run } = connecting(behind([jump], end, { knownHostsFiles: [known], giveUpAfterMs: 60_000 }));
    await expect(run('true')).rejects.toMatchObject({
      kind: 'HostKeyMismatch',
      message: expect.stringMatching(
        new RegExp(`^at the jump host 127\\.0\\.0\\.1:${jump.port}: .* line 1 expects SHA256:`)
      ),
    });
    expect([accepted(jump), attempts(end)]).toEqual([0, 0]);
  });

  test('must present its own host key through the jump host, too', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const access = behind([jump], end, { knownHostsFiles: [jump.knownHostsFile] });
    await expect(connecting(access).run('true')).rejects.toMatchObject({
      kind: 'HostKeyUnknown',
      message: expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:${end.port} presents the host key`)),
    });
  });

  test('names the jump host that refused the key, and tries it once', async () => {
    const [first, second, end] = [await sshdForTest(), await sshdForTest(), await sshdForTest()];
    const wrong = { ...hopTo(second), identities: [{ keyFile: first.keyFile }] };
    const knownHostsFiles = [first, second, end].map((each) => each.knownHostsFile);
    const { run } = connecting(behind([first, wrong], end, { knownHostsFiles, giveUpAfterMs: 60_000 }));
    const place = `127.0.0.1:${second.port}`;
    await expect(run('true')).rejects.toMatchObject({
      kind: 'AuthenticationFailed',
      message: expect.stringMatching(
        new RegExp(`^at the jump host ${place}: cannot connect to ${place} through .* as ${second.user} with `)
      ),
    });
    expect([accepted(first), attempts(second), attempts(end)]).toEqual([1, 1, 0]);
  });

  test('names its unreachable jump host once, with the number of attempts', async () => {
    const end = await sshdForTest();
    const port = await freePort();
    const { run } = connecting(behind([{ ...hopTo(end), port }], end, { giveUpAfterMs: 2_000 }));
    await expect(run('true')).rejects.toMatchObject({
      kind: 'ServerUnreachable',
      message: expect.stringMatching(
        /^at the jump host (127\.0\.0\.1:\d+): cannot connect to \1: connection refused \(\d+ attempts? in [^()]*\)$/
      ),
    });
  });

  test('that its jump host cannot reach is unreachable, and the connection to the jump host stays open', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const access = behind([jump], end);
    const servers = [access.server, { ...access.server, port: await freePort() }];
    let asked = 0;
    const { run } = connecting(access, { routeOf: async () => servers[asked++ % 2]! });
    await run('true');
    await expect(run('true')).rejects.toMatchObject({
      kind: 'ServerUnreachable',
      message: expect.stringMatching(
        /^cannot connect to 127\.0\.0\.1:\d+ through the jump host 127\.0\.0\.1:\d+: Connection refused/
      ),
    });
    await run('true');
    expect(accepted(jump)).toBe(1);
  });

  test('is unsuitable if its jump host forbids forwarding, and the message says how to allow it', async () => {
    const [jump, end] = [await sshdForTest({ config: ['AllowTcpForwarding no'] }), await sshdForTest()];
    const { run } = connecting(behind([jump], end, { giveUpAfterMs: 60_000 }));
    await expect(run('true')).rejects.toMatchObject({
      kind: 'HostUnsuitable',
      message: expect.stringMatching(/jump host 127\.0\.0\.1:\d+, which refuses to forward: .*AllowTcpForwarding/),
    });
    expect(attempts(end)).toBe(0);
  });

  test('is reached although its jump host refuses a few channels, as one with too many does', async () => {
    const end = await sshdForTest();
    const refusals = 3;
    const jump = await refusingJumpHost(refusals);
    const knownHostsFiles = [jump.knownHostsFile, end.knownHostsFile];
    const { run } = connecting(behind([{ ...hopTo(end), port: jump.port }], end, { knownHostsFiles }));
    expect((await run('echo through')).stdout).toBe('through\n');
    expect(jump.refused()).toBe(refusals);
  });

  test('disconnects its jump host some time after the last use', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const { run } = connecting(behind([jump], end), { idleMs: 10 });
    await run('true');
    await vi.waitFor(() => expect(jump.log()).toMatch(/^(Connection closed|Connection reset|Disconnected)/m), soon);
    await run('true');
    expect([accepted(jump), accepted(end)]).toEqual([2, 2]);
  });

  test('is lost, and can be closed, if the link to the jump host goes silent', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const link = await breakableLink(jump.port);
    onTestFinished(() => void link.close());
    const known = path.join(dir, 'known_hosts');
    writeFileSync(known, `[127.0.0.1]:${link.port} ${jump.hostKeys[0]}\n${readFileSync(end.knownHostsFile, 'utf8')}`);
    const access = behind([{ ...hopTo(jump), port: link.port }], end, { knownHostsFiles: [known] });
    const { run } = connecting(access, { keepaliveMs: 200 });
    const patient = connecting(access);
    await patient.run('true');
    const up = path.join(dir, 'up');
    const lost = run(`: >'${up}'; sleep 1000`).catch((error: unknown) => error);
    await vi.waitFor(() => expect(existsSync(up)).toBe(true), soon);
    link.freeze();
    expect(await lost).toMatchObject({ kind: 'ConnectionLost' });
    await patient.close();
  });

  test('keeps the lines of the jump host out of its own log', async () => {
    const [jump, end] = [await sshdForTest(), await sshdForTest()];
    const file = path.join(dir, 'trace.log');
    const log = createLogger({ file }, 'trace');
    const ssh = sshTo(behind([jump], end), { log });
    await ssh.run('true');
    await ssh.close();
    await log.close();
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const own = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofJumpHost = own.filter((line) => 'jumpHost' in line);
    expect(new Set(ofJumpHost.map((line) => line['jumpHost']))).toEqual(new Set([`127.0.0.1:${jump.port}`]));
    expect(ofJumpHost.filter((line) => 'serverId' in line)).toEqual([]);
    expect(ofJumpHost.length).toBeGreaterThan(10);
    expect(new Set(own.filter((line) => !('jumpHost' in line)).map((line) => line['serverId']))).toEqual(
      new Set(['web-7'])
    );
  });

  describe.each(['directly', 'through a jump host'])('many servers at once, %s', (how) => {
    const jumpHosts = async () => (how === 'directly' ? [] : [await sshdForTest()]);

    test('are reached although sshd allows only three handshakes at a time', async () => {
      const end = await sshdForTest({ config: ['MaxStartups 3:100:3'] });
      const { server, settings } = behind(await jumpHosts(), end, { giveUpAfterMs: 60_000 });
      const targets = Array.from({ length: 20 }, (_, index) => ({ ...server, serverId: `web-${index}` }));
      const results = await runOnAll(targets, settings);
      expect(results.map(({ stdout }) => stdout)).toEqual(Array(20).fill('here\n'));
      expect(accepted(end)).toBe(20);
    });

    test('start at most eight handshakes at a time', async () => {
      const all = 20;
      const state = { arrived: 0, waiting: 0, most: 0 };
      const slow = createServer((socket) => {
        socket.on('error', () => {}).resume();
        socket.write('SSH-2.0-slow\r\n');
        state.arrived++;
        state.most = Math.max(state.most, ++state.waiting);
        setTimeout(() => {
          state.waiting--;
          socket.end();
        }, 200);
      });
      onTestFinished(() => void slow.close());
      const port = await listen(slow, '0.0.0.0');
      const jumps = await jumpHosts();
      const [end = await sshdForTest()] = jumps;
      const { server, settings } = behind(jumps, end);
      // Behind a jump host, the same names are other machines.
      const hostOf = (number: number) => (how === 'directly' ? '127.0.0.1' : `127.0.1.${number}`);
      const numbers = Array.from({ length: all }, (_, index) => index + 1);
      const targets = numbers.map((number) => ({ ...server, serverId: `web-${number}`, port, host: hostOf(number) }));
      await expect(runOnAll(targets, settings)).rejects.toMatchObject({ kind: 'ServerUnreachable' });
      await vi.waitFor(() => expect(state.arrived).toBe(all), soon);
      expect(state.most).toBeLessThanOrEqual(8);
    });
  });
});
