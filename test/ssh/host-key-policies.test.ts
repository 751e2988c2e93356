import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failures/failure.ts';
import type { SshSettings, Route } from '../../src/domain/servers/server.ts';
import { fingerprint } from '../../src/ssh/host-keys/verify-host-key.ts';
import { generateKey, skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, sshTo, sshToAll } from '../support/access.ts';

describe.skipIf(skipsWithoutSshd())('host keys of a real sshd', () => {
  let sshd: Sshd;
  let impostor: string;
  const file = (name: string) => path.join(sshd.dir, name);
  const written = (name: string) => readFileSync(file(name), 'utf8');

  beforeAll(async () => {
    sshd = await startSshd({ hostKeyTypes: ['ed25519', 'rsa'] });
    generateKey(file('impostor'));
    impostor = readFileSync(file('impostor.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  });
  afterAll(async () => sshd.stop());

  /** How the host key is trusted, or why it is refused. */
  async function trusted(settings: Partial<SshSettings>, server: Partial<Route> = {}): Promise<string> {
    const ssh = sshTo(accessTo(sshd, { settings, server }));
    try {
      return (await ssh.connection()).trusted;
    } catch (error) {
      if (error instanceof Failure) return error.kind;
      throw error;
    } finally {
      await ssh.close();
    }
  }

  const cases: [string, (sshd: Sshd, impostor: string) => string][] = [
    ['nothing', () => ''],
    ['its key', ({ port, hostKeys }) => `[127.0.0.1]:${port} ${hostKeys[0]}\n`],
    ['its other key', ({ port, hostKeys }) => `[127.0.0.1]:${port} ${hostKeys[1]}\n`],
    ['its key without a port', ({ hostKeys }) => `127.0.0.1 ${hostKeys[0]}\n`],
    ['its other key without a port', ({ hostKeys }) => `127.0.0.1 ${hostKeys[1]}\n`],
    ['another key without a port', (_, other) => `127.0.0.1 ${other}\n`],
    ['another key', ({ port }, other) => `[127.0.0.1]:${port} ${other}\n`],
    [
      'another key and its key',
      ({ port, hostKeys }, other) => `[127.0.0.*]:${port} ${other}\n[127.0.0.1]:${port} ${hostKeys[0]}\n`,
    ],
    ['its key, revoked', ({ port, hostKeys }) => `[127.0.0.1]:${port} ${hostKeys[0]}\n@revoked * ${hostKeys[0]}\n`],
    ['its key, revoked only', ({ hostKeys }) => `@revoked * ${hostKeys[0]}\n`],
    ['a certificate authority', ({ port }, other) => `@cert-authority [127.0.0.1]:${port} ${other}\n`],
    ['an invalid line', ({ port, hostKeys }) => `[127.0.0.1]:${port} ${hostKeys[0]!.slice(0, -6)}\n`],
  ];
  const both = cases.flatMap(([what, lines]) => [
    { what, lines, policy: 'strict' as const },
    { what, lines, policy: 'accept-new' as const },
  ]);

  test.each(both)('$policy: with $what in known_hosts, it decides as ssh does', async ({ lines, policy }) => {
    for (const name of ['ours', 'of_ssh']) writeFileSync(file(name), lines(sshd, impostor));
    const options = [
      ...['-F', 'none', '-i', sshd.keyFile, '-p', `${sshd.port}`, '-o', 'BatchMode=yes', '-o', 'UpdateHostKeys=no'],
      ...['-o', `UserKnownHostsFile=${file('of_ssh')}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
      ...['-o', `StrictHostKeyChecking=${policy === 'strict' ? 'yes' : policy}`, '-o', 'HashKnownHosts=no'],
    ];
    const { status } = spawnSync('ssh', [...options, `${sshd.user}@127.0.0.1`, 'true'], { env: {} });
    const verdict = await trusted({ knownHostsFiles: [file('ours')], hostKeys: policy });
    expect(['known_hosts', 'accepted'].includes(verdict), verdict).toBe(status === 0);
    expect(written('ours')).toBe(written('of_ssh'));
    if (verdict === 'accepted') {
      expect(await trusted({ knownHostsFiles: [file('ours')], hostKeys: 'strict' })).toBe('known_hosts');
    }
  });

  test('accept-new adds one line for many simultaneous connections, and warns once', async () => {
    const lines: { level: number; msg: string; hostKey?: string; serverId?: string }[] = [];
    const stream = new Writable({
      write: (chunk, _, done) => (lines.push(JSON.parse(String(chunk)) as never), done()),
    });
    const knownHostsFiles = [file('new/folder/known_hosts')];
    const { server, settings } = accessTo(sshd, { settings: { knownHostsFiles, hostKeys: 'accept-new' } });
    const ids = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    const workers = [1, 2].map(() =>
      sshToAll(
        ids.map((serverId) => ({ ...server, serverId })),
        settings,
        { log: pino({ level: 'warn' }, stream) }
      )
    );
    const connections = await Promise.all(
      workers.flatMap((ssh) =>
        ids.map(async (serverId) => ssh.connection({ serverId, signal: new AbortController().signal }))
      )
    );
    await Promise.all(workers.map(async (ssh) => ssh.close()));
    expect(new Set(connections.map(({ trusted: how }) => how))).toEqual(new Set(['accepted']));
    expect(written('new/folder/known_hosts')).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]}\n`);
    expect(lines).toMatchObject([
      {
        level: 40,
        serverId: expect.stringMatching(/^web-\d+$/),
        hostKey: connections[0]!.hostKey,
        msg: 'this host key was not known; it is trusted from now on',
      },
    ]);
  });

  test('a pinned key needs no known_hosts file, and every other key is refused', async () => {
    const pinOf = (key: string) => fingerprint(Buffer.from(key.split(' ')[1]!, 'base64'));
    const settings = { knownHostsFiles: [file('absent')], hostKeys: 'accept-new' as const };
    expect(sshd.hostKeys).toHaveLength(2);
    for (const own of sshd.hostKeys) expect(await trusted(settings, { hostKey: pinOf(own) })).toBe('pinned');
    expect(await trusted(settings, { hostKey: pinOf(impostor) })).toBe('HostKeyMismatch');
    writeFileSync(file('revoking'), `@revoked * ${sshd.hostKeys[0]}\n`);
    const revoking = { knownHostsFiles: [file('revoking')] };
    expect(await trusted(revoking, { hostKey: pinOf(sshd.hostKeys[0]!) })).toBe('HostKeyMismatch');
  });

  test('if known_hosts keeps no key, the advice is one that works', async () => {
    const unknown = async (files: string[], hostKeys: SshSettings['hostKeys'], server: Partial<Route> = {}) => {
      const ssh = sshTo(accessTo(sshd, { settings: { knownHostsFiles: files, hostKeys }, server }));
      const error = (await ssh.connection().catch((reason: unknown) => reason)) as Failure;
      await ssh.close();
      return error.message;
    };
    const advice = ': set ssh.knownHosts in fleetmark.yaml to a file, or pin this key as hostKey of the server';
    const nowhere = '; its known_hosts file is /dev/null, which keeps no key';
    const place = `127.0.0.1:${sshd.port} presents the host key ssh-ed25519`;
    const of = (files: string[]) => unknown(files, 'strict');
    expect(await of(['/dev/null'])).toContain(`which is in no known_hosts file${nowhere}${advice}`);
    expect(await of(['/dev/null', file('absent')])).toContain(`which is not in ${file('absent')}${nowhere}${advice}`);
    expect(await of([])).toContain(`which is in no known_hosts file; no known_hosts file is configured${advice}`);
    expect(await unknown(['/dev/null'], 'accept-new')).toContain(`(it is not a file)${nowhere}${advice}`);
    // The pin can be copied from the message.
    const [, pin = ''] = /(SHA256:\S+),/.exec(await of(['/dev/null'])) ?? [];
    expect(await of(['/dev/null'])).toContain(place);
    expect(await trusted({ knownHostsFiles: ['/dev/null'] }, { hostKey: pin })).toBe('pinned');
  });

  test('nothing runs on a server whose new key cannot be recorded', async () => {
    writeFileSync(file('no_folder'), '');
    const settings = { knownHostsFiles: [file('no_folder/known_hosts')], hostKeys: 'accept-new' as const };
    const ssh = sshTo(accessTo(sshd, { settings }));
    await expect(ssh.run(`touch ${file('ran')}`)).rejects.toMatchObject({ kind: 'InvalidConfig' });
    await ssh.close();
    expect(() => written('ran')).toThrow('ENOENT');
  });
});
