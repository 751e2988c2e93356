import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigurationFiles } from '../../../src/config/read-configuration.ts';
import { formatEndpoint } from '../../../src/domain/servers/endpoint.ts';
import { Failure } from '../../../src/domain/failures/failure.ts';
import { folderWith } from '../../support/temporary-folder.ts';
import { hasAnsible } from './ansible-inventory.ts';
import { connectionsOfAnsible, type RealConnection } from './real-ansible.ts';
import { surroundings } from '../../support/read-configuration.ts';

type Files = Record<string, string>;

interface CaseSettings {
  /** The folder in which Ansible is started, relative to all files. */
  from?: string;
  env?: Files;
  inventory?: string;
  fleetmark?: string;
}

const [web] = ['web-1 ansible_host=192.0.2.11'];

function placed(files: Files, { from = 'pb', inventory = 'pb/hosts.ini' }: CaseSettings) {
  const root = folderWith({ 'home/.keep': '', 'pb/.keep': '', ...files });
  mkdirSync(join(root, from), { recursive: true });
  return { root, folder: join(root, from), home: join(root, 'home'), path: join(root, inventory) };
}

async function readIn({ folder, home, path }: ReturnType<typeof placed>, { env = {}, fleetmark }: CaseSettings) {
  const notices: string[] = [];
  const inventory = { kind: 'file', written: 'hosts.ini', path } as const;
  const file = fleetmark === undefined ? null : join(folderWith({ 'fleetmark.yaml': fleetmark }), 'fleetmark.yaml');
  const account = {
    ...surroundings,
    home,
    folder,
    env: { ...surroundings.env, ...env },
    notice: (line: string) => void notices.push(line),
  };
  const { configuration, files } = await readConfigurationFiles({ file, inventory }, account);
  return { servers: [...configuration.servers.values()], notices, files };
}

async function connections(files: Files, place: CaseSettings = {}): Promise<RealConnection[]> {
  const { servers } = await readIn(placed(files, place), place);
  return servers.map(({ host, user, port, keyFile, jumps }) => {
    const jump = jumps?.map(formatEndpoint).join(',') || null;
    return { host, user: user ?? userInfo().username, port: port ?? 22, key: keyFile, jump };
  });
}

async function refusal(files: Files, place: CaseSettings = {}): Promise<string> {
  const at = placed(files, place);
  const failure: unknown = await readIn(at, place).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error('it was accepted');
  return failure.message.replaceAll(`${at.root}/`, '');
}

const cfg = (lines: string, ssh = ''): string => `[defaults]\n${lines}\n[ssh_connection]\n${ssh}\n`;
const hosts = { 'pb/hosts.ini': web };

/** How Ansible would connect. Below, each case is compared with the real Ansible. */
const cases: [string, Files, CaseSettings, Partial<RealConnection>][] = [
  [
    'group_vars of the current folder',
    {
      'pb/inventory/hosts.ini': `[web]\n${web}`,
      'pb/group_vars/all.yml': 'ansible_user: deploy\nansible_port: 2222\n',
    },
    { inventory: 'pb/inventory/hosts.ini' },
    { user: 'deploy', port: 2222 },
  ],
  [
    'group_vars beside the inventory, which those of the current folder override',
    {
      'pb/inventory/hosts.ini': `[web]\n${web}`,
      'pb/inventory/group_vars/web.yml': 'ansible_user: beside\nansible_port: 2201\n',
      'pb/group_vars/web.yaml': 'ansible_user: here\n',
    },
    { inventory: 'pb/inventory/hosts.ini' },
    { user: 'here', port: 2201 },
  ],
  [
    'a deeper group of the inventory, over the group "all" of the current folder',
    {
      'pb/inventory/hosts.ini': `[web]\n${web}`,
      'pb/inventory/group_vars/web': '{"ansible_user": "web"}',
      'pb/group_vars/all/a.yml': 'ansible_user: all\nansible_port: 2202\n',
      'pb/group_vars/all/b.yml': 'ansible_port: 2203\n',
    },
    { inventory: 'pb/inventory/hosts.ini' },
    { user: 'web', port: 2203 },
  ],
  [
    'variables of the host, over all groups',
    { 'pb/hosts.ini': `${web} ansible_user=own`, 'pb/group_vars/all.yml': 'ansible_user: all\n' },
    {},
    { user: 'own' },
  ],
  [
    'host_vars, over variables of the host in the inventory',
    { 'pb/hosts.ini': `${web} ansible_user=own ansible_port=2204`, 'pb/host_vars/web-1.yml': 'ansible_user: file\n' },
    {},
    { user: 'file', port: 2204 },
  ],
  [
    'a folder of host_vars with a folder in it, without files that Ansible ignores',
    {
      ...hosts,
      'pb/host_vars/web-1/z': 'ansible_user: last\n',
      'pb/host_vars/web-1/b/x.yml': 'ansible_port: 2205\n',
      'pb/host_vars/web-1/zz.yml~': 'ansible_user: backup\n',
      'pb/host_vars/web-1/.hidden.yml': 'ansible_user: hidden\n',
      'pb/host_vars/web-1/zz.txt': 'ansible_user: text\n',
      'pb/host_vars/web-1.yml': 'ansible_user: second\n',
    },
    {},
    { user: 'last', port: 2205 },
  ],
  [
    'a list of names',
    { 'pb/hosts': '192.0.2.11\n', 'pb/group_vars/all.yml': 'ansible_user: deploy\n' },
    { inventory: 'pb/hosts' },
    { user: 'deploy' },
  ],
  [
    'ansible.cfg of the current folder',
    {
      ...hosts,
      'pb/ansible.cfg': cfg(
        'remote_user = deploy ; boss\nremote_port: 2222\nprivate_key_file = keys/deploy',
        'ssh_args = -o ProxyJump=jump@192.0.2.1'
      ),
    },
    {},
    { user: 'deploy', port: 2222, key: 'pb/keys/deploy', jump: 'jump@192.0.2.1' },
  ],
  [
    'ansible.cfg of ANSIBLE_CONFIG, with a relative path, instead of that of the current folder',
    {
      ...hosts,
      'etc/ansible.cfg': cfg('REMOTE_USER="deploy"\nprivate_key_file = keys/deploy'),
      'pb/ansible.cfg': cfg('remote_user = here'),
    },
    { env: { ANSIBLE_CONFIG: '../etc/ansible.cfg' } },
    { user: 'deploy', key: 'etc/keys/deploy' },
  ],
  [
    'ansible.cfg of the home folder, if there is none in the current folder',
    { ...hosts, 'home/.ansible.cfg': cfg('remote_user = deploy', 'ssh_common_args = -J one,two') },
    {},
    { user: 'deploy', jump: 'one,two' },
  ],
  [
    'environment variables, over ansible.cfg',
    { ...hosts, 'pb/ansible.cfg': cfg('remote_user = deploy\nremote_port = 2222', 'ssh_args = -J one') },
    { env: { ANSIBLE_REMOTE_USER: 'env', ANSIBLE_SSH_ARGS: '-C', ANSIBLE_PRIVATE_KEY_FILE: 'k/env' } },
    { user: 'env', port: 2222, key: 'pb/k/env' },
  ],
  [
    'variables of a host, over ansible.cfg and the environment',
    {
      'pb/hosts.ini': `${web} ansible_ssh_user=own ansible_ssh_private_key_file=~/own`,
      'pb/ansible.cfg': cfg('remote_user = deploy\nprivate_key_file = k'),
    },
    { env: { ANSIBLE_REMOTE_USER: 'env' } },
    { user: 'own', key: 'home/own' },
  ],
  [
    'ssh_args before the variables, because ssh reads them first',
    {
      'pb/hosts.ini': `${web} ansible_user=own ansible_port=2206`,
      'pb/ansible.cfg': cfg('', 'ssh_args = -o User=args -p 2207'),
    },
    {},
    { user: 'args', port: 2207 },
  ],
  [
    'ssh_common_args, for settings without a variable',
    {
      'pb/hosts.ini': `${web} ansible_user=own ansible_ssh_common_args='-l common -o Port=2208 -o IdentityFile=~/common'`,
    },
    {},
    { user: 'own', port: 2208, key: 'home/common' },
  ],
  [
    'templates with plain names',
    {
      'pb/hosts.ini': '[web]\nweb-1.example.com rack=7 ansible_host="{{ prefix }}.{{ rack }}"',
      'pb/group_vars/web.yml':
        'prefix: 192.0.2\nname: "{{ role }}-{{ rack }}"\nansible_user: "{{ name }}"\nansible_port: "{{ ssh_port }}"\nssh_port: 2209\n',
      'pb/host_vars/web-1.example.com.yml': 'role: "{{ inventory_hostname_short }}"\n',
    },
    {},
    { host: '192.0.2.7', user: 'web-1-7', port: 2209 },
  ],
];

/** Makes the path of the key absolute. */
const expectedOf = (said: Partial<RealConnection>, root: string): Partial<RealConnection> => {
  return typeof said.key !== 'string' ? said : { ...said, key: join(root, said.key) };
};

describe('hosts of an Ansible inventory have the same connections as in Ansible', () => {
  test.each(cases)('by %s', async (_, files, place, expected) => {
    const at = placed(files, place);
    const { servers } = await readIn(at, place);
    const [{ host, user, port, keyFile, jumps }] = servers as [(typeof servers)[0]];
    const found = { host, user, port, key: keyFile, jump: jumps?.map(formatEndpoint).join(',') };
    expect(found).toMatchObject(expectedOf(expected, at.root));
  });

  describe.skipIf(!hasAnsible())('and so does the real Ansible', () => {
    test.each(cases)('by %s', { timeout: 60_000 }, async (_, files, place) => {
      const at = placed(files, place);
      const { servers } = await readIn(at, place);
      const ours = servers.map(({ host, user, port, keyFile, jumps }) => {
        const jump = jumps?.map(formatEndpoint).join(',') || null;
        return { host, user: user ?? userInfo().username, port: port ?? 22, key: keyFile, jump };
      });
      expect(ours).toEqual(await connectionsOfAnsible(at.path, at.folder, at.home, place.env));
    });
  });

  test('and the source of each setting is listed', async () => {
    const files = {
      'pb/hosts.ini': `[web]\n${web} ansible_port=2222\n`,
      'pb/group_vars/web.yml': '# who\nansible_user: deploy\n',
      'pb/ansible.cfg': cfg('private_key_file = k'),
    };
    const place = { env: { ANSIBLE_SSH_ARGS: '-J b' } };
    const { servers, files: read } = await readIn(placed(files, place), place);
    expect(servers[0]!.from).toEqual({
      ...{ user: 'group_vars/web.yml:2', port: 'hosts.ini:2' },
      ...{ key: 'ansible.cfg:2', jump: 'ANSIBLE_SSH_ARGS' },
    });
    expect(read.map((file) => file.replace(/^.*\/(?=pb\/)/, ''))).toEqual(
      expect.arrayContaining(['pb/hosts.ini', 'pb/ansible.cfg', 'pb/group_vars/web.yml', 'pb/host_vars'])
    );
  });
});

describe('fleetmark.yaml', () => {
  test('overrides ansible.cfg, and is overridden by a variable', async () => {
    const fleetmark = 'ssh: { user: bench, key: /k/bench, jump: b }';
    const files = { ...hosts, 'pb/ansible.cfg': cfg('remote_user = deploy\nprivate_key_file = k', 'ssh_args = -J x') };
    const { servers } = await readIn(placed(files, {}), { fleetmark });
    expect(servers).toMatchObject([
      {
        user: 'bench',
        keyFile: '/k/bench',
        jumps: [{ host: 'b' }],
        from: { user: 'fleetmark.yaml', key: 'fleetmark.yaml', jump: 'fleetmark.yaml' },
      },
    ]);
    const more = { ...files, 'pb/group_vars/all.yml': 'ansible_user: deploy\n' };
    expect((await readIn(placed(more, {}), { fleetmark })).servers[0]).toMatchObject({ user: 'deploy' });
  });
});

describe('an ansible.cfg', () => {
  test('in a world-writable folder is ignored, as by Ansible, with a notice', async () => {
    const at = placed({ ...hosts, 'pb/ansible.cfg': cfg('remote_user = deploy') }, {});
    chmodSync(at.folder, 0o777);
    const { servers, notices } = await readIn(at, {});
    expect(servers[0]!.user).toBeNull();
    expect(notices.join()).toMatch(/^ansible\.cfg is ignored because its folder is world-writable/);
  });

  test.each([
    ['[defaults]\nprecedence = all_inventory\n', /^ansible\.cfg:2: precedence changes which variables apply/],
    ['[defaults]\nvars_plugins_enabled = x.y.z\n', /^ansible\.cfg:2: vars_plugins_enabled changes which/],
    ['[ssh_connection]\nssh_executable = /opt/ssh\n', /^ansible\.cfg:2: web-1: ssh_executable is not supported/],
    ['[ssh_connection]\nssh_args = -F other\n', /^ansible\.cfg:2: web-1: ssh_args has the unsupported argument "-F"$/],
    [
      '[ssh_connection]\nssh_args = -o ProxyCommand="nc %h %p"\n',
      /^ansible\.cfg:2: web-1: ssh_args has the unsupported option "ProxyCommand"; write .*-o ProxyJump/,
    ],
    ['[defaults]\nremote_port = ssh\n', /^ansible\.cfg:2: web-1: remote_port "ssh" is not a port/],
    [
      '[defaults]\ntransport = paramiko\n',
      /^ansible\.cfg:2: web-1: transport is paramiko, which is not supported; use ssh/,
    ],
    ['remote_user = x\n', /^ansible\.cfg:1: has a setting before the first section/],
    ['[defaults]\nremote_user = x\nremote_user = y\n', /^ansible\.cfg:3: has a duplicate key/],
    ['[defaults]\nhunter2\n', /^ansible\.cfg:2: is neither a section nor key = value/],
  ])('%j is refused with the reason', async (text, message) => {
    const said = await refusal({ ...hosts, 'pb/ansible.cfg': text });
    expect(said).toMatch(message);
    expect(said).not.toContain('hunter2');
  });

  test('that sets another connection than SSH for all hosts skips them', async () => {
    const { servers } = await readIn(placed({ ...hosts, 'pb/ansible.cfg': cfg('transport = local') }, {}), {});
    expect(servers).toMatchObject([{ serverId: 'web-1', skip: 'not reached by SSH: its ansible_connection is local' }]);
  });
});

test.each(['paramiko', 'ansible.builtin.paramiko_ssh', 'ansible.legacy.paramiko'])(
  'a %s connection, which has variables of its own, is refused',
  async (plugin) => {
    const said = await refusal({ 'pb/hosts.ini': `[web]\n${web} ansible_connection=${plugin}` });
    expect(said).toBe('hosts.ini:2: web-1: ansible_connection is paramiko, which is not supported; use ssh');
  }
);

describe('an encrypted value, or a template with more than a name,', () => {
  /** `a0` to `a9`, each ten times the previous one: expanded, 10,000,000,000 characters. */
  const tenOfTen = ['a0: x', 'ansible_user: "{{ a9 }}"']
    .concat(Array.from({ length: 9 }, (_, index) => `a${index + 1}: "${`{{ a${index} }}`.repeat(10)}"`))
    .join('\n');
  const vault = '!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n';
  test.each([
    [
      { 'pb/group_vars/all.yml': `ansible_user: ${vault}` },
      'group_vars/all.yml:1: web-1: ansible_user is encrypted with Ansible Vault',
    ],
    [
      { 'pb/group_vars/all.yml': `u: ${vault}ansible_user: "{{ u }}"\n` },
      'group_vars/all.yml:4: web-1: ansible_user is a template with "u", which is encrypted with Ansible Vault',
    ],
    [
      { 'pb/group_vars/all.yml': 'ansible_user: "{{ u | default(1) }}"\n' },
      'ansible_user is a template with more than {{ name }}',
    ],
    [
      { 'pb/group_vars/all.yml': "ansible_user: \"{{ lookup('env', 'USER') }}\"\n" },
      'ansible_user is a template with more than {{ name }}',
    ],
    [
      { 'pb/group_vars/all.yml': 'a: "{{ b }}"\nb: "{{ a }}"\nansible_user: "{{ a }}"\n' },
      'ansible_user is a template that refers to itself, or to more than 1000 others',
    ],
    [
      { 'pb/group_vars/all.yml': tenOfTen },
      'ansible_user is a template that refers to itself, or to more than 1000 others',
    ],
    [
      { 'pb/group_vars/all.yml': `a: ${'x'.repeat(10_001)}\nansible_user: "{{ a }}"\n` },
      'ansible_user is a template with "a", which is too long',
    ],
    [
      { 'pb/group_vars/all.yml': 'a: [1]\nansible_user: "{{ a }}"\n' },
      'ansible_user is a template with "a", which is neither a string nor',
    ],
    [
      { 'pb/group_vars/all.yml': 'pw: hunter2;\nansible_user: "{{ pw }}"\n' },
      'ansible_user is "{{ pw }}", which is invalid once it is filled in',
    ],
    [{ 'pb/group_vars/all.yml': 'ansible_user: [hunter2\n' }, 'group_vars/all.yml:'],
    [{ 'pb/group_vars/all.yml': 'ansible_user: a\nansible_user: hunter2\n' }, 'ansible_user is a duplicate key'],
    [
      { 'pb/host_vars/web-1/v': '$ANSIBLE_VAULT;1.1;AES256\n61\n' },
      'host_vars/web-1/v:1: is encrypted with Ansible Vault',
    ],
  ])('%j is refused', async (files, message) => {
    const said = await refusal({ ...hosts, ...(files as Files) });
    expect(said).toContain(message);
    expect(said).not.toContain('hunter2');
  });

  test('is ignored in a variable that is not read, and in the file of an unknown host', async () => {
    const files = {
      'pb/group_vars/all.yml': `ansible_become_password: ${vault}app: "{{ x | y }}"\nansible_user: deploy\n`,
      'pb/host_vars/other.yml': '$ANSIBLE_VAULT;1.1;AES256\n61\n',
    };
    expect(await connections({ ...hosts, ...files })).toMatchObject([{ user: 'deploy' }]);
  });
});

test.each(['account-from-group-vars', 'account-from-ansible-cfg'])('the case %s', async (name) => {
  const folder = join(import.meta.dirname, '../../fixtures/cases', name);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
    run: string;
    servers: object[];
  };
  const [, written = ''] = /-i (\S+)/.exec(expected.run) ?? [];
  const inventory = { kind: 'file', written, path: join(folder, written) } as const;
  const { configuration } = await readConfigurationFiles({ file: null, inventory }, { ...surroundings, folder });
  const servers = [...configuration.servers.values()].map(({ serverId, host, user, port, keyFile, jumps }) => {
    const [key, jump] = [keyFile?.slice(folder.length + 1), jumps?.map(formatEndpoint).join(',')];
    return {
      serverId,
      host,
      user,
      port,
      ...(key === undefined ? {} : { key }),
      ...(jump === undefined ? {} : { jump }),
    };
  });
  expect(servers).toEqual(expected.servers);
});
