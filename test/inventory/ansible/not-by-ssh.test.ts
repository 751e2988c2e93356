import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readInventory } from '../../../src/inventory/read-inventory.ts';
import { readConfigurationFiles } from '../../../src/config/read-configuration.ts';
import { readServerInput, selectFleet } from '../../../src/inventory/selection/fleet-input.ts';
import { surroundings } from '../../support/read-configuration.ts';
import { folderWith } from '../../support/temporary-folder.ts';

const cases = join(import.meta.dirname, '../../fixtures/cases');

async function configurationOf(path: string) {
  const inventory = { kind: 'file', written: path, path } as const;
  return (await readConfigurationFiles({ file: null, inventory }, surroundings)).configuration;
}
const ini = async (text: string) => configurationOf(join(folderWith({ 'hosts.ini': text }), 'hosts.ini'));

describe('an inventory with hosts that do not use SSH', () => {
  const expected = JSON.parse(readFileSync(join(cases, 'not-all-by-ssh/expected.json'), 'utf8')) as {
    servers: string[];
    skip: Record<string, string>;
    'limit web': string[];
  };

  test('has all other hosts, and a row with the reason for each of these', async () => {
    const configuration = await configurationOf(join(cases, 'not-all-by-ssh/hosts.ini'));
    const { serverIds, skipped } = selectFleet([{}], configuration);
    expect(serverIds.filter((id) => !Object.hasOwn(skipped, id)).sort()).toEqual(expected.servers);
    const reasons = Object.entries(expected.skip).map(([id, plugin]) => {
      return [id, `not reached by SSH: its ansible_connection is ${plugin}`];
    });
    expect(skipped).toEqual(Object.fromEntries(reasons));
  });

  test('can be limited to hosts that use SSH', async () => {
    const configuration = await configurationOf(join(cases, 'not-all-by-ssh/hosts.ini'));
    expect(selectFleet([{ limit: ['web'] }], configuration)).toMatchObject({
      serverIds: expected['limit web'],
      skipped: {},
    });
    expect(selectFleet([{ limit: ['caf\u0065\u0301-*'] }], configuration).serverIds).toEqual(['café-1']);
  });

  test('ignores the other variables of such a host', async () => {
    const configuration = await ini(
      'a\nb ansible_connection=winrm ansible_port=http ansible_user="{{ x | y }}" ansible_ssh_common_args="-F x"'
    );
    expect(selectFleet([{}], configuration).skipped).toEqual({
      b: 'not reached by SSH: its ansible_connection is winrm',
    });
  });

  test('also ignores them for a host of a plain list', async () => {
    const folder = folderWith({
      'hosts.txt': 'web-1\nlocalhost\n',
      'host_vars/localhost.yml': 'ansible_connection: local\nansible_user: "{{ lookup(1) }}"\nansible_port: http\n',
    });
    expect(selectFleet([{}], await configurationOf(join(folder, 'hosts.txt'))).skipped).toEqual({
      localhost: 'not reached by SSH: its ansible_connection is local',
    });
  });

  test.each([
    ['h.ini', 'a ansible_connection=x', 'x'],
    ['h.ini', '[g]\na\n[g:vars]\nansible_connection = SSH', 'SSH'],
    ['h.yml', 'g: { vars: { ansible_connection: winrm }, hosts: { a: } }', 'winrm'],
    ['h.json', '{"_meta": {"hostvars": {"a": {"ansible_connection": "podman"}}}, "g": ["a"]}', 'podman'],
  ])('%s: %j skips the host and names %s', (name, text, plugin) => {
    const { entries, mistakes } = readInventory(name, text);
    expect(mistakes).toEqual([]);
    expect(entries).toMatchObject([{ serverId: 'a', skip: `not reached by SSH: its ansible_connection is ${plugin}` }]);
  });

  test.each(['ssh', 'smart', 'ansible.builtin.ssh', 'ansible.legacy.ssh', '~'])(
    'a host with ansible_connection: %s uses SSH',
    (plugin) => {
      const { entries, mistakes } = readInventory('h.yml', `all: { hosts: { a: { ansible_connection: ${plugin} } } }`);
      expect([mistakes, entries[0]?.skip]).toEqual([[], undefined]);
    }
  );

  test.each([
    ['h.ini', 'a ansible_connection=', 'is "", which is not a valid name of a connection plugin'],
    [
      'h.yml',
      'all: { hosts: { a: { ansible_connection: "" } } }',
      'is "", which is not a valid name of a connection plugin',
    ],
    [
      'h.yml',
      'all: { hosts: { a: { ansible_connection: "ssh " } } }',
      'is "ssh ", which is not a valid name of a connection',
    ],
    [
      'h.yml',
      'all: { hosts: { a: { ansible_connection: yes } } }',
      'needs quotes: YAML 1.1, YAML 1.2 and Python read it differently',
    ],
    [
      'h.json',
      '{"_meta": {"hostvars": {"a": {"ansible_connection": 7}}}, "g": ["a"]}',
      'is "7", which is not a valid name',
    ],
    ['h.ini', 'a ansible_connection="{{ c }}"', 'is a template with "c", which is not set for this host'],
  ])('%s: %j is refused, as Ansible refuses it', (name, text, message) => {
    const { entries, mistakes } = readInventory(name, text);
    expect(entries).toEqual([]);
    expect(mistakes.map((each) => each.message)).toEqual([expect.stringContaining(`a: ansible_connection ${message}`)]);
  });

  test('fills in a template in the name of the connection plugin', async () => {
    const { servers } = await ini('a ansible_connection="{{ c }}" c=local');
    expect(servers.get('a')?.skip).toBe('not reached by SSH: its ansible_connection is local');
    await expect(ini('a ansible_connection="{{ c }}" c="a b"')).rejects.toThrow('"{{ c }}", which is invalid once');
  });

  test('refuses a run of such a host alone', async () => {
    const configuration = await ini('a\nb ansible_connection=community.docker.docker');
    expect(() => readServerInput([{ serverId: 'b' }], configuration)).toThrow(
      'b: not reached by SSH: its ansible_connection is community.docker.docker.'
    );
  });
});

describe('a host whose name is not a valid server id', () => {
  test.each([
    ['h.ini', 'a/b ansible_host=192.0.2.1\nok', 'a-b', '"a/b"'],
    ['h.ini', '-x ansible_host=192.0.2.1\nok', '_-x', '"-x"'],
    ['h.yml', 'all: { hosts: { "$(x)": , ok: } }', '_--x-', '"$(x)"'],
    ['h.json', '{"_meta": {"hostvars": {}}, "all": {"hosts": ["a+b", "ok"]}}', 'a-b', '"a+b"'],
    ['h.txt', `${'a.'.repeat(60)}b\nok`, 'a.'.repeat(45), `"${'a.'.repeat(28)}a..."`],
  ])('%s: in %j has a row of its own, with the id %s', (name, text, id, shown) => {
    const { entries, mistakes } = readInventory(name, text);
    expect(mistakes).toEqual([]);
    expect(entries.find(({ serverId }) => serverId === 'ok')?.skip).toBeUndefined();
    expect(entries.find(({ serverId }) => serverId === id)?.skip).toContain(`${shown} is not a server id: letters`);
  });

  test('does not take the id of another host', () => {
    const { entries } = readInventory('h.ini', 'a/b\na-b\na%b\na-b-2');
    expect(entries.map(({ serverId }) => serverId)).toEqual(['a-b-3', 'a-b', 'a-b-4', 'a-b-2']);
  });

  test('has one id for all Unicode forms of its name', () => {
    const { entries, mistakes } = readInventory('h.ini', 'cafe\u0301-1 ansible_host=192.0.2.1');
    expect([entries[0]?.serverId, mistakes]).toEqual(['caf\u00e9-1', []]);
    const twice = readInventory('h.ini', 'cafe\u0301\ncaf\u00e9');
    expect(twice.mistakes).toMatchObject([{ line: 2 }]);
  });

  test('is looked up by the ASCII form of an international name', async () => {
    const { servers } = await ini('příbor\n[строй]\nweb-1');
    expect(servers.get('příbor')).toMatchObject({ host: 'xn--pbor-vpa16d' });
    expect(servers.get('web-1')).toMatchObject({ groups: ['строй'] });
  });
});
