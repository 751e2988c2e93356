import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNameServers, type NameServers } from '../support/name-servers.ts';
import { canMount, runWithMounts, withMounts, withResolver } from '../support/own-mounts.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, hopTo, sshToAll, type Access } from '../support/access.ts';

describe.skipIf(skipsWithoutSshd() || !canMount)('if the first name server never answers', () => {
  let sshd: Sshd;
  let names: NameServers;
  const hosts = Array.from({ length: 10 }, (_, index) => `web-${index}.fleet.example`);
  const program = 'test/ssh/reach-all-process.ts';

  beforeAll(async () => {
    sshd = await startSshd();
    const dead = Array.from({ length: 12 }, (_, index) => `dead-${index}.fleet.example`);
    for (const host of [...hosts, ...dead, 'localhost']) {
      appendFileSync(sshd.knownHostsFile, `[${host}]:${sshd.port} ${sshd.hostKeys[0]}\n`);
    }
    const addresses = Object.fromEntries(hosts.map((host) => [host, '127.0.0.1']));
    names = await startNameServers(['127.99.25.1', '127.99.25.2'], addresses, 'timeout:3 attempts:1');
  });
  afterAll(async () => {
    names.stop();
    await sshd.stop();
  });

  /** The connect timeout is much shorter than that of the resolver. */
  const to = (host: string, more: Partial<Access['server']> = {}) =>
    accessTo(sshd, { server: { serverId: host, host, ...more }, settings: { connectTimeoutMs: 2_000 } });

  test('ten servers are reached, because look-ups do not count against their timeout', async () => {
    const outcomes = await runWithMounts<string[]>(
      withResolver(names.file),
      program,
      hosts.map((host) => to(host))
    );
    expect(outcomes).toEqual(hosts.map(() => 'connected'));
  });

  test('a dozen names without any answer do not affect servers that have one', async () => {
    const dead = Array.from({ length: 12 }, (_, index) => `dead-${index}.fleet.example`);
    const healthy = ['127.0.0.1', 'localhost', hosts[0]!];
    const all = [...dead, ...healthy].map((host) => to(host));
    const outcomes = await runWithMounts<string[]>(withResolver(names.file), program, all);
    expect(outcomes.slice(12)).toEqual(healthy.map(() => 'connected'));
    for (const [index, host] of dead.entries()) {
      expect(outcomes[index]).toMatch(
        new RegExp(
          `^cannot connect to ${host}:${sshd.port}: DNS did not answer within \\d+ s for ${host} \\(1 attempt\\)$`
        )
      );
    }
  });

  test('the look-up of a jump host gets the same timeout', async () => {
    const jumps = [hopTo(sshd, { host: hosts[1]! })];
    const all = [
      to('127.0.0.1', { jumps }),
      to('localhost', { jumps: [hopTo(sshd, { host: 'dead-1.fleet.example' })] }),
    ];
    const [reached, lost] = await runWithMounts<string[]>(withResolver(names.file), program, all);
    expect(reached).toBe('connected');
    expect(lost).toMatch(/^at the jump host dead-1\.fleet\.example:\d+: .*DNS did not answer within \d+ s/);
  });

  test('a name unknown to the second name server is not found', async () => {
    const [outcome] = await runWithMounts<string[]>(withResolver(names.file), program, [to('web-77.fleet.example')]);
    expect(outcome).toContain('host name web-77.fleet.example not found');
  });

  test('and a jump host uses it, only the servers with unanswered names fail', async () => {
    const resolver = path.join(sshd.dir, 'resolv.conf');
    writeFileSync(resolver, 'nameserver 127.99.25.1\nnameserver 127.99.25.2\noptions timeout:5 attempts:2\n');
    const through = withMounts(withResolver(resolver), []);
    const jump = await startSshd({ through });
    try {
      appendFileSync(sshd.knownHostsFile, readFileSync(jump.knownHostsFile));
      const jumps = [hopTo(jump)];
      const dead = ['dead-1', 'dead-2', 'dead-3', 'dead-4'].map((name) => `${name}.fleet.example`);
      const { server, settings } = accessTo(sshd, { settings: { connectTimeoutMs: 3_000, giveUpAfterMs: 20_000 } });
      const servers = [...dead, '127.0.0.1', 'localhost'].map((host) => ({ ...server, serverId: host, host, jumps }));
      const ssh = sshToAll(servers, settings);
      const { signal } = new AbortController();
      const outcomes = await Promise.allSettled(servers.map(({ serverId }) => ssh.connection({ serverId, signal })));
      await ssh.close();
      expect(outcomes.map(({ status }) => status)).toEqual([...dead.map(() => 'rejected'), 'fulfilled', 'fulfilled']);
      expect(outcomes[0]).toMatchObject({
        reason: { message: expect.stringContaining('the jump host did not reach it within 3 s') as string },
      });
    } finally {
      await jump.stop();
    }
  });
});
