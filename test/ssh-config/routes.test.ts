import { userInfo } from 'node:os';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import type { AskedHost } from '../../src/ssh-config/ssh-options.ts';
import { routeFinder } from '../../src/ssh-config/routes.ts';
import type { Account } from '../../src/source/surroundings.ts';
import type { Server, Route } from '../../src/domain/servers/server.ts';
import { configurationOf } from '../support/configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';

const real = { home: userInfo().homedir, user: userInfo().username };
const account: Account = { ...real, env: process.env };

interface Setup {
  config: string;
  files?: Record<string, string>;
  server?: Partial<Server>;
  agent?: string | null;
  says?: { knownHosts?: boolean; agent?: boolean };
  use?: boolean;
  env?: Account['env'];
}

function setUp({ config, files = {}, server = {}, agent = '/agent', says = {}, use = true, env = process.env }: Setup) {
  const folder = folderWith({ ...files, config: '' });
  const write = (text: string) => writeFileSync(`${folder}/config`, text.replaceAll('FOLDER', folder));
  write(config);
  const written = { host: 'web', port: null, user: null, keyFile: null, jumps: null, hostKey: null };
  const base = configurationOf({ servers: ['web-1'] });
  const configuration = {
    ...base,
    servers: new Map([['web-1', { ...base.servers.get('web-1')!, ...written, ...server }]]),
    ssh: { ...base.ssh, agentSocket: agent },
    sshConfig: { file: use && `${folder}/config`, knownHosts: false, agent: false, ...says },
  };
  const asked: AskedHost[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  );
  const account = { ...real, env };
  let time = 0;
  const routeOf = routeFinder({
    account,
    log,
    checkKey: async () => {},
    now: () => (time += 1_000),
    find: async (file) => {
      const ask = await findSsh(file, account);
      return async (host) => {
        asked.push(host);
        return ask(host);
      };
    },
  });
  return { folder, write, asked, lines, target: async (): Promise<Route> => routeOf(configuration, 'web-1') };
}

const refusal = async (target: Promise<Route>): Promise<string> =>
  target.then(
    () => 'it was accepted',
    (error: unknown) => `${(error as { kind?: string }).kind}: ${(error as Error).message}`
  );

describe.skipIf(skipsWithoutSsh())('with a configuration of ssh', () => {
  test('the inventory counts before the configuration of ssh, and that before what is usual', async () => {
    const config = 'Host web\nHostName 10.0.0.9\nPort 2222\nUser deploy\nHostKeyAlias known\n';
    const said = { host: '10.0.0.9', port: 2222, user: 'deploy', hostKeyAlias: 'known', keyFile: null, jumps: [] };
    expect(await setUp({ config }).target()).toMatchObject(said);
    const server = { port: 23, user: 'root', keyFile: '/k', jumps: [] };
    expect(await setUp({ config, server }).target()).toMatchObject({ ...said, ...server });
    const usual = {
      host: 'web',
      port: 22,
      user: account.user,
      hostKeyAlias: null,
      knownHostsFiles: null,
      agentSocket: null,
    };
    expect(await setUp({ config: 'Host other\nPort 1\n' }).target()).toMatchObject(usual);
    expect(await setUp({ config, use: false }).target()).toMatchObject(usual);
  });

  test('jump hosts are asked about like servers, and the first of a list may be behind others', async () => {
    const config = `Host web\nProxyJump me@b:23,c\nHost b\nHostName b.lan\nProxyJump a\nIdentityFile FOLDER/kb
Host c\nProxyJump ignored\nPort 24\nHost a\nUser root\nHostKeyAlias alias-a\n`;
    const { target, folder, asked } = setUp({ config, files: { kb: '' } });
    const { jumps, ...end } = await target();
    expect(jumps).toMatchObject([
      { host: 'a', port: 22, user: 'root', hostKeyAlias: 'alias-a', keyFile: null },
      { host: 'b.lan', port: 23, user: 'me', hostKeyAlias: null, keyFile: `${folder}/kb` },
      { host: 'c', port: 24, user: account.user },
    ]);
    expect(end).toMatchObject({ serverId: 'web-1', host: 'web', port: 22 });
    expect(asked.map(({ host }) => host)).toEqual(['web', 'b', 'a', 'c']);
  });

  test('jump hosts of the inventory take the place of those of ssh', async () => {
    const config = 'Host web\nProxyCommand nc %h %p\nHost b\nUser jumper\n';
    const server = { jumps: [{ host: 'b', port: 2222, user: null }], keyFile: '/key' };
    const { jumps } = await setUp({ config, server }).target();
    expect(jumps).toMatchObject([{ host: 'b', port: 2222, user: 'jumper', keyFile: '/key' }]);
  });

  test('a ProxyCommand that is a jump host in other words is followed', async () => {
    const config = 'Host web\nProxyCommand ssh -q -W %h:%p -p 23 me@b\n';
    expect((await setUp({ config }).target()).jumps).toMatchObject([{ host: 'b', port: 23, user: 'me' }]);
  });

  test('jump hosts that lead to themselves are a refusal', async () => {
    const config = 'Host *\nProxyJump b,c\nHost b\nProxyJump b\n';
    expect(await refusal(setUp({ config }).target())).toMatch(
      /^InvalidConfig: .*(?:the jump host b on the way to web-1 is reached through itself|jumphost loop)/
    );
  });

  test.each([
    ['ProxyCommand nc %h %p', /proxycommand/i],
    ['CertificateFile /c', /certificatefile.*not supported/],
    ['PKCS11Provider /p', /pkcs11provider.*not supported/],
    ['SecurityKeyProvider /p', /securitykeyprovider.*not supported/],
    ['RevokedHostKeys /r', /revokedhostkeys/],
    ['KnownHostsCommand /bin/k', /knownhostscommand/],
    ['BindAddress 10.0.0.1', /bindaddress/],
    ['PubkeyAuthentication no', /pubkeyauthentication/],
    ['ProxyJump "a b"', /jump|invalid/i],
    ['IdentityFile ~bob/k', /IdentityFile/],
    ['Port x', /port/i],
    ['Nonsense yes', /nonsense/i],
    ['HostName $(reboot)', /HostName/],
  ])('%s is a refusal that names it and where it is', async (line, named) => {
    const { target, folder } = setUp({ config: `Host web\n  ${line}\n` });
    const message = await refusal(target());
    expect(message).toMatch(/^InvalidConfig: \P{C}+$/u);
    expect(message).toMatch(named);
    expect(message).toContain(`${folder}/config`);
  });

  test.each([
    'StrictHostKeyChecking no',
    'ServerAliveInterval 5',
    'ForwardAgent yes',
    'AddressFamily inet',
    'Ciphers aes128-ctr',
  ])('%s leads nowhere else', async (line) => {
    expect(await setUp({ config: `${line}\n` }).target()).toMatchObject({ host: 'web', port: 22 });
  });

  test('of key files the first one counts that is there', async () => {
    const config = 'IdentityFile FOLDER/k1\nIdentityFile FOLDER/k2\nIdentityFile FOLDER/k3\n';
    const files = { k2: '', k3: '' };
    const { target, folder } = setUp({ config, files });
    expect((await target()).keyFile).toBe(`${folder}/k2`);
    const ofAgent = setUp({ config, files: { 'k1.pub': '', ...files } });
    expect((await ofAgent.target()).keyFile).toBe(`${ofAgent.folder}/k1.pub`);
  });

  test('key files that are not there leave the ssh-agent, where it may be asked', async () => {
    const config = 'IdentityFile FOLDER/gone\n';
    expect((await setUp({ config }).target()).keyFile).toBeNull();
    expect(await refusal(setUp({ config, agent: null }).target())).toMatch(
      /^InvalidConfig: no key to log in on web-1: .*config.* names \S+\/gone, which does not exist, and there is no ssh-agent$/
    );
    expect(await refusal(setUp({ config: `${config}IdentitiesOnly yes\n` }).target())).toContain('IdentitiesOnly');
    expect(await refusal(setUp({ config: 'IdentityFile none\nIdentityAgent none\n' }).target())).toContain(
      'says IdentityFile none, and there is no ssh-agent'
    );
  });

  test('known_hosts files and the ssh-agent are those of ssh, unless fleetmark.yaml names some', async () => {
    const config = 'UserKnownHostsFile FOLDER/a FOLDER/b\nGlobalKnownHostsFile none\nIdentityAgent /run/other\n';
    const { target, folder } = setUp({ config });
    expect(await target()).toMatchObject({
      knownHostsFiles: [`${folder}/a`, `${folder}/b`],
      agentSocket: '/run/other',
    });
    const says = { knownHosts: true, agent: true };
    expect(await setUp({ config, says }).target()).toMatchObject({ knownHostsFiles: null, agentSocket: null });
  });

  test('a host is asked about once, until a file changes that was read for it', async () => {
    const config = 'Include FOLDER/more/*.conf\nHost web\nPort 23\n';
    const { target, asked, write, folder } = setUp({ config, files: { 'more/a.conf': 'User one\n' } });
    expect(await target()).toMatchObject({ port: 23, user: 'one' });
    const [first, second] = await Promise.all([target(), target()]);
    expect([first, second]).toMatchObject([{ port: 23 }, { port: 23 }]);
    expect(asked).toHaveLength(1);
    write('Include FOLDER/more/*.conf\nHost web\nPort 2424\n');
    expect(await target()).toMatchObject({ port: 2424, user: 'one' });
    writeFileSync(`${folder}/more/a.conf`, 'User somebody\n');
    expect(await target()).toMatchObject({ port: 2424, user: 'somebody' });
    writeFileSync(`${folder}/more/0.conf`, 'User first\n');
    expect(await target()).toMatchObject({ user: 'first' });
  });

  test('a client that is installed meanwhile counts at once', async () => {
    const folder = folderWith({});
    const { target } = setUp({ config: 'Host web\nPort 23\n', env: { PATH: folder } });
    for (let again = 0; again < 2; again++) expect(await refusal(target())).toContain('install openssh-client');
    symlinkSync(execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim(), `${folder}/ssh`);
    expect(await target()).toMatchObject({ port: 23 });
  });

  test('a mistake is told as long as it is there', async () => {
    const { target, write } = setUp({ config: 'Host web\nPort x\n' });
    expect(await refusal(target())).toMatch(/^InvalidConfig/);
    write('Host web\nPort 23\n');
    expect(await target()).toMatchObject({ port: 23 });
  });

  test('the log says how each server is reached, and what ssh had to say', async () => {
    const config = 'Host web\nPort 23\nProxyJump b\n';
    const { target, lines } = setUp({ config, server: { user: 'root' } });
    await target();
    await target();
    const line = { serverId: 'web-1', host: 'web', port: 23, user: 'root', key: 'ssh-agent' };
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ...line, jumps: [`${account.user}@b:22`], fromSshConfig: ['port', 'jumps'] });
  });
});
