import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findSsh } from '../../src/ssh-config/ask-ssh.ts';
import { findExecutable } from '../../src/processes/find-executable.ts';
import type { Account } from '../../src/source/surroundings.ts';
import { configurationReader } from '../../src/worker/configuration.ts';
import { skipsWithoutSsh } from '../support/ssh-client.ts';
import { folderWith } from '../support/temporary-folder.ts';

const { homedir, username: user } = userInfo();
const real: Account = { home: homedir, user, env: process.env };
const web = { host: 'web', port: null, user: null };

/** A home folder with this ~/.ssh/config; null: without one. */
function homeWith(config: string | null): string {
  const home = folderWith({});
  mkdirSync(join(home, '.ssh'));
  if (config !== null) writeFileSync(join(home, '.ssh/config'), config, { mode: 0o600 });
  return home;
}

describe('without an ssh client', () => {
  const without = (config: string | null): Account => ({ home: homeWith(config), user, env: { PATH: folderWith({}) } });
  const advice = 'install openssh-client, or set ssh.config: false';

  test.each([
    ['no file', null],
    ['an empty file', '# Host *\n#   User root\n'],
    ['options that do not change a connection', 'Host *\n  ServerAliveInterval 60\n  ForwardAgent no\n'],
  ])('%s in ~/.ssh needs no ssh client', async (_, config) => {
    const ask = await findSsh(true, without(config));
    expect((await ask(web)).options).toEqual(new Map());
  });

  test.each([
    ['a host name', 'Host web\n  HostName 10.0.0.9\n'],
    ['a user, with a tab and an equals sign', '\tuser=root\n'],
    ['an option that is refused', 'Match all\nBindAddress 10.0.0.1\n'],
    ['other files', 'Include work/*\n'],
  ])('a ~/.ssh/config with %s is an error that says what to do', async (_, config) => {
    const account = without(config);
    await expect(findSsh(true, account)).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `${account.home}/.ssh/config needs an ssh client, but none is installed; ${advice}`,
    });
  });

  test('a named configuration file is an error, whatever its content', async () => {
    await expect(findSsh('/etc/hosts', without(null))).rejects.toThrow(
      `/etc/hosts needs an ssh client, but none is installed; ${advice}`
    );
  });

  test('a client without -G counts as missing', async () => {
    const folder = folderWith({ ssh: '#!/bin/sh\necho "unknown option -- G" >&2; exit 255\n' });
    chmodSync(join(folder, 'ssh'), 0o755);
    const account = { ...without('Port 2222\n'), env: { PATH: folder } };
    await expect(findSsh(true, account)).rejects.toThrow(
      `config needs an ssh client, but "ssh -G" failed with status 255: unknown option -- G; ${advice}`
    );
    expect(await findSsh(true, { ...account, home: homeWith(null) })).toBeTypeOf('function');
  });

  test('the worker refuses a fleetmark.yaml that needs a client, unless it sets ssh.config: false', async () => {
    const folder = folderWith({ known: '' });
    const file = join(folder, 'fleetmark.yaml');
    const { HOME, PATH, SSH_AUTH_SOCK } = process.env;
    Object.assign(process.env, { HOME: homeWith('Port 2222\n'), PATH: folder, SSH_AUTH_SOCK: '/nonexistent' });
    try {
      const read = configurationReader({ file, inventory: null }, () => {});
      writeFileSync(file, 'servers: { web: }\n');
      await expect(read()).rejects.toMatchObject({ kind: 'InvalidConfig', message: expect.stringContaining(advice) });
      writeFileSync(file, 'servers: { web: }\nssh: { config: false, knownHosts: known }\n');
      expect((await read()).servers.size).toBe(1);
    } finally {
      for (const [name, value] of Object.entries({ HOME, PATH, SSH_AUTH_SOCK })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe.skipIf(skipsWithoutSsh())('with an ssh client', () => {
  test('if HOME is not the home of the account, only the configuration in HOME is read', async () => {
    const home = homeWith('Host web\n  Port 2222\n  IdentityFile ~/k\n');
    const { options, from } = await (await findSsh(true, { ...real, home }))(web);
    expect(options).toEqual(
      new Map([
        ['identityfile', ['~/k']],
        ['port', ['2222']],
      ])
    );
    expect(from).toBe(`the ssh configuration ("ssh -G -F ${home}/.ssh/config web" shows it)`);
  });

  test('in a HOME without a configuration, only that of the system is read', async () => {
    const { options, from } = await (await findSsh(true, { ...real, home: homeWith(null) }))(web);
    expect(options.has('port')).toBe(false);
    expect(from).toMatch(/"ssh -G -F (?:\/etc\/ssh\/ssh_config|none) web"/);
  });

  test.each([
    ['sets no option of servers is asked once', 'Host *\n  ServerAliveInterval 60\n', [null, null], 1],
    ['sets one for some servers is asked for each', 'Host web-2\n  Port 2222\n', [null, ['2222']], 2],
    ['completes names is asked for each', 'CanonicalizeHostname yes\nCanonicalDomains invalid\n', [null, null], 2],
  ])('a configuration that %s', async (_, config, ports, asked) => {
    const folder = folderWith({});
    const ssh = await findExecutable('ssh', process.env['PATH']);
    writeFileSync(join(folder, 'ssh'), `#!/bin/sh\necho "$@" >>${folder}/asked\nexec ${ssh} "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
    const ask = await findSsh(true, { ...real, env, home: homeWith(config) });
    const answers = await Promise.all(['web-1', 'web-2'].map(async (host) => ask({ ...web, host })));
    expect(answers.map(({ options }) => options.get('port') ?? null)).toEqual(ports);
    const calls = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
    expect(calls.filter((line) => / web-\d$/.test(line))).toHaveLength(asked);
  });

  test('at most eight clients run in parallel, for all configurations together', async () => {
    const folder = folderWith({});
    const config = `Match exec "echo start >> ${folder}/log; sleep 0.05; echo end >> ${folder}/log"\n`;
    const files = ['a', 'b'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, config);
    const clients = await Promise.all(files.map(async (file) => findSsh(file, real)));
    await Promise.all(clients.flatMap((ask) => Array.from({ length: 12 }, async () => ask(web))));
    let running = 0;
    const counts = readFileSync(`${folder}/log`, 'utf8')
      .trim()
      .split('\n')
      .map((word) => (running += word === 'start' ? 1 : -1));
    expect(counts).toHaveLength(48);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
  });

  test('names of known_hosts files may contain blanks', async () => {
    const folder = folderWith({ config: 'UserKnownHostsFile "/a b" /c\nGlobalKnownHostsFile none\n' });
    const { options } = await (await findSsh(`${folder}/config`, real))(web);
    expect(options.get('userknownhostsfile')).toEqual(['/a b', '/c']);
    expect(options.get('globalknownhostsfile')).toEqual(['none']);
  });

  test('default key files that a configuration names are settings of the configuration', async () => {
    const folder = folderWith({ config: 'IdentityFile ~/.ssh/id_rsa\n' });
    const { options } = await (await findSsh(`${folder}/config`, real))(web);
    expect(options).toEqual(new Map([['identityfile', ['~/.ssh/id_rsa']]]));
  });
});

test.skipIf(skipsWithoutSsh())(
  'an ssh client that does not answer is killed, with the processes that it started',
  async () => {
    const folder = folderWith({});
    writeFileSync(`${folder}/config`, `Match exec "echo $$ > ${folder}/pid; exec sleep 1000"\n`);
    const ask = await findSsh(`${folder}/config`, { ...real, env: process.env }, 1_000);
    await expect(ask({ host: 'web', port: null, user: null })).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: `"ssh -G -F ${folder}/config web" did not end within 1 s`,
    });
    const pid = Number(readFileSync(`${folder}/pid`, 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  }
);

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
