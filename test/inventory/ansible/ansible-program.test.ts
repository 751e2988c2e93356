import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configurationFile } from '../../../src/config/configuration-file.ts';
import { readInventoryFile } from '../../../src/inventory/inventory-file.ts';
import { folderWith } from '../../support/temporary-folder.ts';
import { ansibleInventory, hasAnsible } from './ansible-inventory.ts';
import { surroundings } from '../../support/read-configuration.ts';

const list =
  '{"_meta": {"hostvars": {"web-1": {"ansible_port": 2222, "ansible_password": "s3cret"}}}, "web": {"hosts": ["web-1"]}}';
const vault = '$ANSIBLE_VAULT;1.1;AES256\n3139';
const system = '/usr/bin:/bin';

/** A PATH on which `ansible-inventory` is this script; `$1` is --version or -i. */
function pathWith(script: string): string {
  const folder = folderWith({ 'ansible-inventory': `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, 'ansible-inventory'), 0o755);
  return folder + delimiter + system;
}

const answering = (text: string): string =>
  pathWith(`[ "$1" = --version ] && echo 'ansible-inventory [core 2.19.1]' && exit\ncat <<'END'\n${text}\nEND`);

/** Without an ansible.cfg, and without group_vars except those beside an inventory. */
const nowhere = { home: '/nonexistent/home', folder: '/usr' };

async function readIn(files: Record<string, string>, PATH: string, name = 'hosts.ini') {
  const folder = folderWith(files);
  return { folder, ...(await readInventoryFile(join(folder, name), name, { ...nowhere, env: { PATH } })) };
}

describe('if it is installed, ansible-inventory reads what only Ansible can read', () => {
  test.each([
    [
      'a file that is encrypted as a whole',
      { 'hosts.ini': vault },
      'hosts.ini',
      'it is encrypted with Ansible Vault as a whole',
    ],
    ['a program', { 'hosts.py': '#!/bin/sh\n' }, 'hosts.py', 'it is a program, which only Ansible runs'],
    ['TOML', { 'hosts.toml': '[web]\n' }, 'hosts.toml', 'it is TOML, which only Ansible reads'],
    ['a folder', { 'all/hosts': 'a' }, 'all', 'it is a folder'],
    ['a plugin', { 'h.yml': 'plugin: x\n' }, 'h.yml', 'it configures an inventory plugin, which only Ansible can run'],
    [
      'an inventory with encrypted files beside it',
      { 'hosts.ini': '[web]\nweb-1\n', 'group_vars/web': vault },
      'hosts.ini',
      'group_vars/web:1 is encrypted with Ansible Vault, and may contain variables of the connection',
    ],
    [
      'a value that needs quotes',
      { 'h.yml': 'web:\n  vars: { ansible_user: 1e3 }\n  hosts: { web-1: }\n' },
      'h.yml',
      'h.yml:2 web-1: ansible_user needs quotes: YAML 1.1, YAML 1.2 and Python read it differently',
    ],
  ])('%s', async (_, files, name, why) => {
    const { entries, lines, problem, readByAnsible } = await readIn(files, answering(list), name);
    expect([lines, problem]).toEqual([[], null]);
    expect(entries).toMatchObject([
      { serverId: 'web-1', host: 'web-1', port: 2222, user: null, keyFile: null, groups: ['web'] },
    ]);
    expect(readByAnsible).toBe(`${name} was read by ansible-inventory 2.19.1, since ${why}`);
  });

  test('and the name of the file that is the reason is made printable', async () => {
    const files = { 'hosts.ini': '[web]\nweb-1\n', 'group_vars/web/a\u001b[2J\u202e\n': vault };
    const { readByAnsible } = await readIn(files, answering(list));
    expect(readByAnsible).toMatch(/since group_vars\/web\/a \[2J :1 is encrypted/);
  });

  test('as its user would: with the file as a path, without a shell or terminal, and without skipping anything', async () => {
    const PATH = pathWith(
      '[ "$1" = --version ] && exit\nprintf "%s|" "$@" >"$0.args"; env >"$0.env"; cat >"$0.stdin"\n' + `echo '${list}'`
    );
    const { folder } = await readIn({ '$(x) y.toml': '' }, PATH, '$(x) y.toml');
    const seen = (what: string): string =>
      readFileSync(`${PATH.split(delimiter)[0]}/ansible-inventory.${what}`, 'utf8');
    expect(seen('args')).toBe(`-i|${folder}/$(x) y.toml|--list|--playbook-dir|/usr|`);
    expect(seen('stdin')).toBe('');
    expect(seen('env')).toMatch(/^ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=1$/m);
  });

  test('with one notice each time it is read; it is read again after a minute', async () => {
    const PATH = answering(list);
    const folder = folderWith({ 'hosts.toml': '' });
    const notices: string[] = [];
    let now = 0;
    const current = configurationFile(
      { file: null, inventory: { kind: 'file', written: 'hosts.toml', path: join(folder, 'hosts.toml') } },
      { ...surroundings, env: { ...surroundings.env, PATH }, notice: (line) => void notices.push(line) },
      () => now
    );
    const [first] = [await current(), await current()]; // new files are read again
    expect([...first.servers.keys()]).toEqual(['web-1']);
    const said = notices.length;
    now = 59_000;
    await current();
    expect(notices.length).toBe(said);
    now = 61_000;
    await current();
    expect(notices.length).toBe(said + 1);
  });
});

describe('a mistake is not passed to Ansible', () => {
  /** The Ansible stub creates a file when it is called. */
  async function readAsking(files: Record<string, string>) {
    const PATH = pathWith('touch "$0.asked"');
    const read = await readIn(files, PATH);
    return { ...read, asked: existsSync(`${PATH.split(delimiter)[0]}/ansible-inventory.asked`) };
  }

  test.each([
    ['a wrong port', '[web]\nweb-1 ansible_port=0\n', /^hosts\.ini:2: web-1: ansible_port "0"/],
    ['a template, which Ansible does not replace either', '[web]\nweb-1 ansible_host={{x}}\n', /template/],
    ['an empty file', '# none\n', null],
  ])('%s', async (_, text, line) => {
    const { lines, problem, asked } = await readAsking({ 'hosts.ini': text });
    if (line === null) expect(problem).toBe('contains no servers');
    else expect(lines[0]).toMatch(line);
    expect(asked).toBe(false);
  });

  test('even if something else can only be read by Ansible', async () => {
    const files = { 'hosts.ini': '[web]\nweb-1 ansible_user=a;b\n', 'group_vars/web': vault };
    const { lines, asked } = await readAsking(files);
    expect(lines).toHaveLength(2);
    expect(asked).toBe(false);
  });

  test('and an unusable list of ansible-inventory is also a mistake', async () => {
    const wrong = list.replace('2222', '"{{ port }}"');
    const { entries, lines } = await readIn({ 'hosts.ini': vault }, answering(wrong));
    expect(entries).toEqual([]);
    expect(lines).toEqual([
      'hosts.ini, as ansible-inventory lists it: web-1: ansible_port is a template with "port", which is not set for this host',
    ]);
    expect(await readIn({ 'hosts.ini': vault }, answering('{"_meta": {"hostvars": {}}}'))).toMatchObject({
      problem: 'contains no servers, according to ansible-inventory',
    });
  });
});

describe('if ansible-inventory cannot read it either', () => {
  const start = 'hosts.ini: it is encrypted with Ansible Vault as a whole, and ansible-inventory ';
  const lineOf = async (script: string) => (await readIn({ 'hosts.ini': vault }, pathWith(script))).lines;

  test('its message is shown, without the lines that it quotes from the inventory', async () => {
    const stderr = [
      '[WARNING]: Failed to parse inventory with \\033[31mini plugin: no vault secrets found.',
      '1 ansible_password=s3cret',
      '[ERROR]: Expected key=value host variable assignment, got: s3cret',
    ].join('\\n');
    expect(await lineOf(`printf '${stderr}\\n' >&2; exit 4`)).toEqual([
      `${start}failed with status 4: Failed to parse inventory with [31mini plugin: no vault secrets found. ` +
        'Expected key=value host variable assignment, ...',
    ]);
    expect(await lineOf('exit 1')).toEqual([`${start}failed with status 1`]);
  });

  test('a very long message is truncated', async () => {
    const [line = ''] = await lineOf('yes "[ERROR]: $(printf %5000s x)" | head -c 3000000 >&2; exit 1');
    expect(line.length).toBeLessThan(1000);
    expect(await lineOf('[ "$1" = --version ] || head -c 70000000 /dev/zero')).toEqual([
      `${start}wrote more than 64 MiB`,
    ]);
  });

  test('output that is not a list is refused in one printable line', async () => {
    expect(await lineOf("printf 'no\\033json'")).toEqual([
      'hosts.ini, as ansible-inventory lists it: is not valid JSON',
    ]);
  });

  test('a path that it would read as a list of hosts is not passed to it', async () => {
    const { lines } = await readIn({ 'a,b.toml': '' }, answering(list), 'a,b.toml');
    expect(lines).toEqual([
      'a,b.toml: it is TOML, which only Ansible reads, and ansible-inventory does not accept a path with a comma',
    ]);
  });

  test('without ansible-inventory or without a PATH, the message says how to do it by hand', async () => {
    const byHand = 'ansible-inventory -i hosts.ini --list > hosts.json';
    for (const PATH of [folderWith({}), '', '.', 'relative']) {
      const { lines } = await readIn({ 'hosts.ini': vault }, PATH);
      expect(lines).toEqual([expect.stringContaining(byHand)]);
    }
  });
});

describe.skipIf(!hasAnsible())('the real ansible-inventory', () => {
  const PATH = ansibleInventory.includes('/') ? dirname(ansibleInventory) + delimiter + system : process.env['PATH']!;
  const env = { ...process.env, PATH };
  const timeout = 60_000;
  const idsOf = async (path: string, more: NodeJS.ProcessEnv = {}) => {
    const { entries, lines } = await readInventoryFile(path, 'it', { ...nowhere, env: { ...env, ...more } });
    return lines.length > 0 ? lines : entries.map(({ serverId, port }) => `${serverId}:${port}`);
  };

  test('reads a folder, a program and group_vars', { timeout }, async () => {
    const folder = folderWith({
      'all/one.ini': '[web]\nweb-1\n',
      'all/two.yml': 'web: { hosts: { web-2: } }\n',
      'all/group_vars/web.yml': 'ansible_port: 2222\n',
      'hosts.sh': `#!/bin/sh\necho '${list}'\n`,
    });
    chmodSync(join(folder, 'hosts.sh'), 0o755);
    expect(await idsOf(join(folder, 'all'))).toEqual(['web-1:2222', 'web-2:2222']);
    expect(await idsOf(join(folder, 'all/one.ini'))).toEqual(['web-1:2222']);
    expect(await idsOf(join(folder, 'hosts.sh'))).toEqual(['web-1:2222']);
  });

  test(
    'reads an encrypted inventory with its password, and otherwise says that there is none',
    { timeout },
    async () => {
      const folder = folderWith({ 'hosts.ini': '[web]\nweb-1 ansible_port=22 ansible_password=s3cret\n', pass: 'x\n' });
      const file = join(folder, 'hosts.ini');
      const password = { ANSIBLE_VAULT_PASSWORD_FILE: join(folder, 'pass') };
      execFileSync('ansible-vault', ['encrypt', file], { env: { ...env, ...password }, stdio: 'ignore' });
      expect(await idsOf(file, password)).toEqual(['web-1:22']);
      const [line] = await idsOf(file);
      expect(line).toMatch(/^it: it is encrypted .*, and ansible-inventory failed with status \d+: .*no vault secrets/);
    }
  );

  test('refuses a folder with an unreadable file instead of skipping it', { timeout }, async () => {
    const folder = folderWith({ 'all/one.ini': 'web-1\n', 'all/two.yml': 'web: [\n' });
    writeFileSync(join(folder, 'all/two.yml'), 'all: { hosts: [\n');
    expect((await idsOf(join(folder, 'all')))[0]).toMatch(/ansible-inventory failed with status \d+/);
  });
});
