import { userInfo } from 'node:os';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import type { Destination } from '../../src/ssh-config/ssh-options.ts';
import { routeFinder } from '../../src/ssh-config/routes.ts';
import type { Account } from '../../src/source/surroundings.ts';
import type { Server, Route } from '../../src/domain/servers/server.ts';
import { configurationOf } from '../support/configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';

const real = { home: userInfo().homedir, user: userInfo().username };
const account: Account = { ...real, env: process.env };

/** Without default keys. */
const emptyHome = folderWith({});

interface Setup {
  config: string;
  files?: Record<string, string>;
  server?: Partial<Server>;
  agent?: string | null;
  says?: { knownHosts?: boolean; agent?: boolean };
  use?: boolean;
  env?: Account['env'];
  home?: string;
}

function setUp({
  config,
  files = {},
  server = {},
  agent = '/agent',
  says = {},
  use = true,
  env = process.env,
  home = emptyHome,
}: Setup) {
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
  const asked: Destination[] = [];
  let clients = 0;
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  );
  const account = { ...real, home, env };
  let time = 0;
  const { routeOf, checkSshConfig } = routeFinder({
    account,
    log,
    checkKeys: async () => {},
    now: () => (time += 1_000),
    find: async (file) => {
      clients += 1;
      const ask = await findSsh(file, account);
      return async (host) => {
        asked.push(host);
        return ask(host);
      };
    },
  });
  const route = async (): Promise<Route> => routeOf(configuration, 'web-1');
  const check = async (): Promise<void> => checkSshConfig(configuration.sshConfig.file);
  return { folder, write, asked, lines, route, check, clients: () => clients };
}

const refusal = async (route: Promise<Route>): Promise<string> =>
  route.then(
    () => 'it was accepted',
    (error: unknown) => `${(error as { kind?: string }).kind}: ${(error as Error).message}`
  );

describe.skipIf(skipsWithoutSsh())('with an ssh configuration', () => {
  test('the inventory overrides the ssh configuration, which overrides the defaults', async () => {
    const config = 'Host web\nHostName 10.0.0.9\nPort 2222\nUser deploy\nHostKeyAlias known\n';
    const said = {
      host: '10.0.0.9',
      port: 2222,
      user: 'deploy',
      hostKeyAlias: 'known',
      identities: ['ssh-agent'],
      jumps: [],
    };
    expect(await setUp({ config }).route()).toMatchObject(said);
    const server = { port: 23, user: 'root', keyFile: '/k', jumps: [] };
    const { keyFile, ...written } = server;
    expect(await setUp({ config, server }).route()).toMatchObject({ ...said, ...written, identities: [{ keyFile }] });
    const defaults = {
      host: 'web',
      port: 22,
      user: account.user,
      hostKeyAlias: null,
      knownHostsFiles: null,
      agentSocket: null,
    };
    expect(await setUp({ config: 'Host other\nPort 1\n' }).route()).toMatchObject(defaults);
    expect(await setUp({ config, use: false }).route()).toMatchObject(defaults);
  });

  test('jump hosts are looked up like servers, and the first of a list may have its own', async () => {
    const config = `Host web\nProxyJump me@b:23,c\nHost b\nHostName b.lan\nProxyJump a\nIdentityFile FOLDER/kb
Host c\nProxyJump ignored\nPort 24\nHost a\nUser root\nHostKeyAlias alias-a\n`;
    const { route, folder, asked } = setUp({ config, files: { kb: '' } });
    const { jumps, ...end } = await route();
    expect(jumps).toMatchObject([
      { host: 'a', port: 22, user: 'root', hostKeyAlias: 'alias-a', identities: ['ssh-agent'] },
      {
        host: 'b.lan',
        port: 23,
        user: 'me',
        hostKeyAlias: null,
        identities: [{ keyFile: `${folder}/kb` }, 'ssh-agent'],
      },
      { host: 'c', port: 24, user: account.user },
    ]);
    expect(end).toMatchObject({ serverId: 'web-1', host: 'web', port: 22 });
    expect(asked.map(({ host }) => host)).toEqual(['web', 'b', 'a', 'c']);
  });

  test('jump hosts of the inventory replace those of the ssh configuration', async () => {
    const config = 'Host web\nProxyCommand nc %h %p\nHost b\nUser jumper\n';
    const server = { jumps: [{ host: 'b', port: 2222, user: null }], keyFile: '/key' };
    const { jumps } = await setUp({ config, server }).route();
    expect(jumps).toMatchObject([{ host: 'b', port: 2222, user: 'jumper', identities: [{ keyFile: '/key' }] }]);
  });

  test('a ProxyCommand with ssh -W is a jump host', async () => {
    const config = 'Host web\nProxyCommand ssh -q -W %h:%p -p 23 me@b\n';
    expect((await setUp({ config }).route()).jumps).toMatchObject([{ host: 'b', port: 23, user: 'me' }]);
  });

  test('a loop of jump hosts is refused', async () => {
    const config = 'Host *\nProxyJump b,c\nHost b\nProxyJump b\n';
    expect(await refusal(setUp({ config }).route())).toMatch(
      /^InvalidConfig: .*(?:the jump host b of web-1 is reached through itself|jumphost loop)/
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
  ])('%s is refused, with the option and its file in the message', async (line, named) => {
    const { route, folder } = setUp({ config: `Host web\n  ${line}\n` });
    const message = await refusal(route());
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
  ])('%s does not change the route', async (line) => {
    expect(await setUp({ config: `${line}\n` }).route()).toMatchObject({ host: 'web', port: 22 });
  });

  test('all existing key files are tried in their order, then other keys of the ssh-agent unless IdentitiesOnly', async () => {
    const config = 'IdentityFile FOLDER/k1\nIdentityFile FOLDER/k2\nIdentityFile FOLDER/k3\n';
    const files = { k2: '', k3: '' };
    const tried = async (setup: Setup) => {
      const { route, folder } = setUp(setup);
      const { identities } = await route();
      return identities.map((each) => (each === 'ssh-agent' ? each : each.keyFile.slice(folder.length + 1)));
    };
    expect(await tried({ config, files })).toEqual(['k2', 'k3', 'ssh-agent']);
    expect(await tried({ config, files, agent: null })).toEqual(['k2', 'k3']);
    expect(await tried({ config: `${config}IdentitiesOnly yes\n`, files })).toEqual(['k2', 'k3']);
    const publicHalf = { 'k1.pub': '', ...files };
    expect(await tried({ config, files: publicHalf })).toEqual(['k1.pub', 'k2', 'k3', 'ssh-agent']);
  });

  test('without an IdentityFile, the ssh-agent comes first, then all default keys', async () => {
    const home = folderWith({ '.ssh/id_rsa': '', '.ssh/id_ed25519': '', '.ssh/id_ecdsa.pub': '' });
    const defaults = ['id_ed25519', 'id_rsa'].map((name) => ({ keyFile: `${home}/.ssh/${name}` }));
    const identities = async (setup: Setup) => (await setUp({ ...setup, home }).route()).identities;
    expect(await identities({ config: '' })).toEqual(['ssh-agent', ...defaults]);
    expect(await identities({ config: '', agent: null })).toEqual(defaults);
    const ofAgent = { keyFile: `${home}/.ssh/id_ecdsa.pub` };
    expect(await identities({ config: 'IdentitiesOnly yes\n' })).toEqual([defaults[0], ofAgent, defaults[1]]);
    expect(await identities({ config: 'IdentityFile none\n' })).toEqual(['ssh-agent']);
  });

  test('without an existing key file the ssh-agent is used, if it is allowed', async () => {
    const config = 'IdentityFile FOLDER/gone\n';
    expect((await setUp({ config }).route()).identities).toEqual(['ssh-agent']);
    expect(await refusal(setUp({ config, agent: null }).route())).toMatch(
      /^InvalidConfig: no key to log in to web-1: .*config.* sets IdentityFile to \S+\/gone, which does not exist, and there is no ssh-agent$/
    );
    expect(await refusal(setUp({ config: `${config}IdentitiesOnly yes\n` }).route())).toContain('IdentitiesOnly');
    expect(await refusal(setUp({ config: 'IdentityFile none\nIdentityAgent none\n' }).route())).toContain(
      'sets IdentityFile none, and there is no ssh-agent'
    );
  });

  test('known_hosts files and ssh-agent come from the ssh configuration, unless fleetmark.yaml sets them', async () => {
    const config = 'UserKnownHostsFile FOLDER/a FOLDER/b\nGlobalKnownHostsFile none\nIdentityAgent /run/other\n';
    const { route, folder } = setUp({ config });
    expect(await route()).toMatchObject({
      knownHostsFiles: [`${folder}/a`, `${folder}/b`],
      agentSocket: '/run/other',
    });
    const says = { knownHosts: true, agent: true };
    expect(await setUp({ config, says }).route()).toMatchObject({ knownHostsFiles: null, agentSocket: null });
  });

  test('a host is looked up once, until a file that was read for it changes', async () => {
    const config = 'Include FOLDER/more/*.conf\nHost web\nPort 23\n';
    const { route, asked, write, folder } = setUp({ config, files: { 'more/a.conf': 'User one\n' } });
    expect(await route()).toMatchObject({ port: 23, user: 'one' });
    const [first, second] = await Promise.all([route(), route()]);
    expect([first, second]).toMatchObject([{ port: 23 }, { port: 23 }]);
    expect(asked).toHaveLength(1);
    write('Include FOLDER/more/*.conf\nHost web\nPort 2424\n');
    expect(await route()).toMatchObject({ port: 2424, user: 'one' });
    writeFileSync(`${folder}/more/a.conf`, 'User somebody\n');
    expect(await route()).toMatchObject({ port: 2424, user: 'somebody' });
    writeFileSync(`${folder}/more/0.conf`, 'User first\n');
    expect(await route()).toMatchObject({ user: 'first' });
  });

  test('the check of a configuration and its servers share one client, until a file changes', async () => {
    const { check, route, write, clients } = setUp({ config: 'Host web\nPort 23\n' });
    await Promise.all([check(), route(), check()]);
    expect(clients()).toBe(1);
    write('Host web\nPort 2424\n');
    await check();
    expect(await route()).toMatchObject({ port: 2424 });
    expect(clients()).toBe(2);
  });

  test('with ssh.config: false no client is needed', async () => {
    const { check, route, asked } = setUp({ config: 'Host web\nPort 23\n', use: false, env: { PATH: folderWith({}) } });
    await check();
    expect(await route()).toMatchObject({ host: 'web', port: 22 });
    expect(asked).toHaveLength(1);
  });

  test('an ssh client that is installed later is used at once', async () => {
    const folder = folderWith({});
    const { check, route } = setUp({ config: 'Host web\nPort 23\n', env: { PATH: folder } });
    await expect(check()).rejects.toThrow('install openssh-client');
    for (let again = 0; again < 2; again++) expect(await refusal(route())).toContain('install openssh-client');
    symlinkSync(execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim(), `${folder}/ssh`);
    expect(await route()).toMatchObject({ port: 23 });
  });

  test('a mistake is reported until it is corrected', async () => {
    const { route, write } = setUp({ config: 'Host web\nPort x\n' });
    expect(await refusal(route())).toMatch(/^InvalidConfig/);
    write('Host web\nPort 23\n');
    expect(await route()).toMatchObject({ port: 23 });
  });

  test('the log has the route to each server', async () => {
    const config = 'Host web\nPort 23\nProxyJump b\n';
    const { route, lines } = setUp({ config, server: { user: 'root' } });
    await route();
    await route();
    const line = { serverId: 'web-1', host: 'web', port: 23, user: 'root', keys: ['ssh-agent'] };
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ...line, jumps: [`${account.user}@b:22`] });
  });
});
