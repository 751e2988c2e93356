import { userInfo } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import { findSshConfig } from '../../src/ssh-config/find-ssh-config.ts';
import type { AskedHost } from '../../src/ssh-config/options.ts';
import { targetFinder } from '../../src/ssh-config/targets.ts';
import type { Account } from '../../src/source/surroundings.ts';
import type { Server, Target } from '../../src/domain/servers/server.ts';
import { configurationOf } from '../support/configuration.ts';
import { folderWith } from '../support/temporary-folder.ts';

const real = { home: userInfo().homedir, user: userInfo().username };
const hasSsh = (await findSsh(null, { ...real, env: process.env })) !== null || process.env['CI'] === 'true';

/** With a home that is not the account's, ssh is not asked, and what it would do is done here. */
const readers = [
  ['the ssh client', (): Account => ({ ...real, env: process.env })],
  ['no ssh client', (): Account => ({ home: '/nonexistent', user: 'me', env: {} })],
] as const;

interface Setup {
  config: string;
  files?: Record<string, string>;
  server?: Partial<Server>;
  agent?: string | null;
  says?: { knownHosts?: boolean; agent?: boolean };
  use?: boolean;
}

function setUp(account: Account, { config, files = {}, server = {}, agent = '/agent', says = {}, use = true }: Setup) {
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
  let time = 0;
  const targetOf = targetFinder({
    account,
    log,
    checkKey: async () => {},
    now: () => (time += 1_000),
    find: async (file) => {
      const ask = await findSshConfig(file, account);
      return async (host) => {
        asked.push(host);
        return ask(host);
      };
    },
  });
  return { folder, write, asked, lines, target: async (): Promise<Target> => targetOf(configuration, 'web-1') };
}

const refusal = async (target: Promise<Target>): Promise<string> =>
  target.then(
    () => 'it was accepted',
    (error: unknown) => `${(error as { kind?: string }).kind}: ${(error as Error).message}`
  );

describe.each(readers)('with %s', (name, accountOf) => {
  const account = accountOf();
  const it = test.skipIf(name === 'the ssh client' && !hasSsh);

  it('the inventory counts before the configuration of ssh, and that before what is usual', async () => {
    const config = 'Host web\nHostName 10.0.0.9\nPort 2222\nUser deploy\nHostKeyAlias known\n';
    const said = { host: '10.0.0.9', port: 2222, user: 'deploy', knownAs: 'known', keyFile: null, jumps: [] };
    expect(await setUp(account, { config }).target()).toMatchObject(said);
    const server = { port: 23, user: 'root', keyFile: '/k', jumps: [] };
    expect(await setUp(account, { config, server }).target()).toMatchObject({ ...said, ...server });
    const usual = {
      host: 'web',
      port: 22,
      user: account.user,
      knownAs: null,
      knownHostsFiles: null,
      agentSocket: null,
    };
    expect(await setUp(account, { config: 'Host other\nPort 1\n' }).target()).toMatchObject(usual);
    expect(await setUp(account, { config, use: false }).target()).toMatchObject(usual);
  });

  it('jump hosts are asked about like servers, and the first of a list may be behind others', async () => {
    const config = `Host web\nProxyJump me@b:23,c\nHost b\nHostName b.lan\nProxyJump a\nIdentityFile FOLDER/kb
Host c\nProxyJump ignored\nPort 24\nHost a\nUser root\nHostKeyAlias alias-a\n`;
    const { target, folder, asked } = setUp(account, { config, files: { kb: '' } });
    const { jumps, ...end } = await target();
    expect(jumps).toMatchObject([
      { host: 'a', port: 22, user: 'root', knownAs: 'alias-a', keyFile: null },
      { host: 'b.lan', port: 23, user: 'me', knownAs: null, keyFile: `${folder}/kb` },
      { host: 'c', port: 24, user: account.user },
    ]);
    expect(end).toMatchObject({ serverId: 'web-1', host: 'web', port: 22 });
    expect(asked.map(({ host }) => host)).toEqual(['web', 'b', 'a', 'c']);
  });

  it('jump hosts of the inventory take the place of those of ssh', async () => {
    const config = 'Host web\nProxyCommand nc %h %p\nHost b\nUser jumper\n';
    const server = { jumps: [{ host: 'b', port: 2222, user: null }], keyFile: '/key' };
    const { jumps } = await setUp(account, { config, server }).target();
    expect(jumps).toMatchObject([{ host: 'b', port: 2222, user: 'jumper', keyFile: '/key' }]);
  });

  it('a ProxyCommand that is a jump host in other words is followed', async () => {
    const config = 'Host web\nProxyCommand ssh -q -W %h:%p -p 23 me@b\n';
    expect((await setUp(account, { config }).target()).jumps).toMatchObject([{ host: 'b', port: 23, user: 'me' }]);
  });

  it('jump hosts that lead to themselves are a refusal', async () => {
    const config = 'Host *\nProxyJump b,c\nHost b\nProxyJump b\n';
    expect(await refusal(setUp(account, { config }).target())).toMatch(
      /^InvalidConfig: .*(?:the jump host b on the way to web-1 is reached through itself|jumphost loop)/
    );
  });

  it.each([
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
    const { target, folder } = setUp(account, { config: `Host web\n  ${line}\n` });
    const message = await refusal(target());
    expect(message).toMatch(/^InvalidConfig: \P{C}+$/u);
    expect(message).toMatch(named);
    expect(message).toContain(`${folder}/config`);
  });

  it.each([
    'StrictHostKeyChecking no',
    'ServerAliveInterval 5',
    'ForwardAgent yes',
    'AddressFamily inet',
    'Ciphers aes128-ctr',
  ])('%s leads nowhere else', async (line) => {
    expect(await setUp(account, { config: `${line}\n` }).target()).toMatchObject({ host: 'web', port: 22 });
  });

  it('of key files the first one counts that is there', async () => {
    const config = 'IdentityFile FOLDER/k1\nIdentityFile FOLDER/k2\nIdentityFile FOLDER/k3\n';
    const files = { k2: '', k3: '' };
    const { target, folder } = setUp(account, { config, files });
    expect((await target()).keyFile).toBe(`${folder}/k2`);
    const ofAgent = setUp(account, { config, files: { 'k1.pub': '', ...files } });
    expect((await ofAgent.target()).keyFile).toBe(`${ofAgent.folder}/k1.pub`);
  });

  it('key files that are not there leave the ssh-agent, where it may be asked', async () => {
    const config = 'IdentityFile FOLDER/gone\n';
    expect((await setUp(account, { config }).target()).keyFile).toBeNull();
    expect(await refusal(setUp(account, { config, agent: null }).target())).toMatch(
      /^InvalidConfig: no key to log in on web-1: .*config.* names \S+\/gone, which does not exist, and there is no ssh-agent$/
    );
    expect(await refusal(setUp(account, { config: `${config}IdentitiesOnly yes\n` }).target())).toContain(
      'IdentitiesOnly'
    );
    expect(await refusal(setUp(account, { config: 'IdentityFile none\nIdentityAgent none\n' }).target())).toContain(
      'says IdentityFile none, and there is no ssh-agent'
    );
  });

  it('known_hosts files and the ssh-agent are those of ssh, unless fleetmark.yaml names some', async () => {
    const config = 'UserKnownHostsFile FOLDER/a FOLDER/b\nGlobalKnownHostsFile none\nIdentityAgent /run/other\n';
    const { target, folder } = setUp(account, { config });
    expect(await target()).toMatchObject({
      knownHostsFiles: [`${folder}/a`, `${folder}/b`],
      agentSocket: '/run/other',
    });
    const says = { knownHosts: true, agent: true };
    expect(await setUp(account, { config, says }).target()).toMatchObject({ knownHostsFiles: null, agentSocket: null });
  });

  it('a host is asked about once, until a file changes that was read for it', async () => {
    const config = 'Include FOLDER/more/*.conf\nHost web\nPort 23\n';
    const { target, asked, write, folder } = setUp(account, { config, files: { 'more/a.conf': 'User one\n' } });
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

  it('a mistake is told as long as it is there', async () => {
    const { target, write } = setUp(account, { config: 'Host web\nPort x\n' });
    expect(await refusal(target())).toMatch(/^InvalidConfig/);
    write('Host web\nPort 23\n');
    expect(await target()).toMatchObject({ port: 23 });
  });

  it('the log says how each server is reached, and what ssh had to say', async () => {
    const config = 'Host web\nPort 23\nProxyJump b\n';
    const { target, lines } = setUp(account, { config, server: { user: 'root' } });
    await target();
    await target();
    const line = { serverId: 'web-1', host: 'web', port: 23, user: 'root', key: 'ssh-agent' };
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ ...line, jumps: [`${account.user}@b:22`], fromSshConfig: ['port', 'jumps'] });
  });
});

describe('what only ssh itself knows', () => {
  const account: Account = { home: '/nonexistent', user: 'me', env: {} };

  test.each([
    ['Match exec "true"\nPort 23', /line 1: Match depends on "exec"/],
    ['Match host web exec true\nPort 23', /line 1: Match depends on "exec"/],
    ['Match canonical all', /line 1: Match depends on "canonical"/],
    ['CanonicalizeHostname yes', /line 1: canonicalizehostname/],
    ['Include ~bob/x', /line 1: Include/],
    ['Include /x/[ab]', /line 1: Include/],
    ['Host "web', /line 1: has a quote/],
    ['\u0000', /line 1: begins with no keyword/],
    ['"Port" 1', /line 1: begins with no keyword/],
    ['Include FOLDER/config', /included by more than 16/],
    [`User ${'x'.repeat(20_000)}`, /line 1: is longer than 10000/],
  ])('%j is a refusal where there is no ssh', async (config, expected) => {
    const message = await refusal(setUp(account, { config }).target());
    expect(message).toMatch(/^InvalidConfig: \P{C}+$/u);
    expect(message).toMatch(expected);
  });

  test.each([
    'Match host other exec "true"\nPort 23',
    'IgnoreUnknown Use*\nUseKeychain yes',
    'Host other\nInclude ~bob/x',
  ])('%j does not matter', async (config) => {
    expect(await setUp(account, { config }).target()).toMatchObject({ host: 'web', port: 22 });
  });
});

test.skipIf(!hasSsh)('an ssh client that gives no answer is not waited for, nor is what it has started', async () => {
  const folder = folderWith({});
  writeFileSync(`${folder}/config`, `Match exec "echo $$ > ${folder}/pid; exec sleep 1000"\n`);
  const ask = (await findSsh(`${folder}/config`, { ...real, env: process.env }, 1_000))!;
  await expect(ask({ host: 'web', port: null, user: null })).rejects.toMatchObject({
    kind: 'InvalidConfig',
    message: `"ssh -G -F ${folder}/config web" gave no answer: it was not done after 1 s`,
  });
  const pid = Number(readFileSync(`${folder}/pid`, 'utf8'));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
