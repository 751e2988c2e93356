import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPort } from '../../../src/config/host.ts';
import { readAnsibleIni } from '../../../src/config/inventory/ansible-ini.ts';
import { readAnsibleYaml } from '../../../src/config/inventory/ansible-yaml.ts';
import { byId, hasAnsible, listOf, serversOfList } from './ansible-inventory.ts';

/** Each run starts ansible-inventory, which takes about a second. */
const runs = { numRuns: Number(process.env['FLEETMARK_ORACLE_RUNS'] || 10) };
const minutes = 120_000 + runs.numRuns * 3000;

const hostPattern = fc.constantFrom(
  ...['a', 'b-1', 'b-2.example.com', 'c[1:3]', 'c[01:03]', 'd[a:c]', 'd[Y:B]', 'e[0:8:4]-[x:y]', 'e[:2]', 'c[1:03]'],
  ...['10.0.0.[9:11]', '2001:db8::[1:2]', 'a:2222', 'c[2:5]:23', '[2001:db8::1]:24', 'web', 'db', 'A', '1x', '[1:2]y']
);
const group = fc.constantFrom('web', 'db', 'hall-1', 'hall2', 'x_y', '9', 'all', 'ungrouped');

/** As a word of a host line, in quotes where it needs them, and as a value in a `:vars` section. */
const setting = fc.oneof(
  fc.record({
    name: fc.constantFrom('ansible_host', 'ansible_ssh_host'),
    value: fc.constantFrom('10.0.0.1', 'real.example.com', '"10.0.0.2"', "'x-1'", 'fe80::1%eth0', 'None', '0x'),
  }),
  fc.record({
    name: fc.constantFrom('ansible_port', 'ansible_ssh_port'),
    value: fc.constantFrom('22', '022', '"2222"', "'23'", '+24', '65535', '25 # c', '"26"#c'),
  }),
  fc.record({
    name: fc.constantFrom('ansible_user', 'ansible_ssh_user', 'ansible_user', 'other'),
    value: fc.constantFrom(
      'root',
      '"me"',
      "'me'",
      '7',
      'True',
      'me#c',
      '007',
      'a.b@c',
      'None',
      '',
      '3com',
      'r"x"',
      '1e3'
    ),
  }),
  fc.record({
    name: fc.constantFrom('ansible_private_key_file', 'ansible_ssh_private_key_file'),
    value: fc.constantFrom('~/.ssh/k', '"/a b"', 'a\\ b', '/x=y', "'~/k' # c", 'k;k', '{{ x', '(1)', '- 1', '1 + 1'),
  }),
  fc.record({
    name: fc.constantFrom('fleetmark_host_key'),
    value: fc.constantFrom('SHA256:MzMutT0BaoJDrhtwWr+NVuZrtP1s6FSqw/4mrC60fRk', "'SHA256:' + 'x'", '""', 'SHA256'),
  }),
  fc.record({ name: fc.constantFrom('ansible_group_priority'), value: fc.constantFrom('2', '10', '-1', '1') })
);
const assignment = setting.map(({ name, value }) => `${name}=${value}`);
const spaced = fc.tuple(setting, fc.constantFrom('=', ' = ', '  =')).map(([{ name, value }, is]) => name + is + value);

const hostLine = fc
  .tuple(hostPattern, fc.array(assignment, { maxLength: 2 }))
  .map(([host, more]) => [host, ...more].join(' '));
const section = fc.oneof(
  { weight: 3, arbitrary: fc.record({ head: group, lines: fc.array(hostLine, { maxLength: 3 }) }) },
  fc.record({ head: group.map((name) => `${name}:vars`), lines: fc.array(spaced, { minLength: 1, maxLength: 3 }) }),
  fc.record({ head: group.map((name) => `${name}:children`), lines: fc.array(group, { maxLength: 2 }) })
);
const comment = fc.constantFrom('', '', ' # c', '  #');
const ini = fc
  .tuple(fc.array(hostLine, { maxLength: 2 }), fc.array(fc.tuple(section, comment), { maxLength: 5 }))
  .map(([first, sections]) => {
    return [
      ...first,
      ...sections.flatMap(([{ head, lines }, c]) => [`[${head}]${c}`, ...lines.map((line) => `  ${line}`), '; c', '']),
    ].join('\n');
  });

const yamlValue = fc.constantFrom<unknown>('root', 22, '022', 'fe80::1', null, '10.0.0.1', true, 7);
const yamlVariables = fc.dictionary(
  fc.constantFrom('ansible_host', 'ansible_port', 'ansible_user', 'ansible_ssh_user', 'ansible_password', 'x'),
  yamlValue,
  { maxKeys: 3 }
);
const hosts = fc.dictionary(hostPattern, fc.option(yamlVariables), { maxKeys: 4 });
const { tree } = fc.letrec<{ tree: unknown; groups: unknown }>((tie) => ({
  tree: fc.record({ hosts, vars: yamlVariables, children: tie('groups') }, { requiredKeys: [] }),
  groups: fc.dictionary(group, fc.option(tie('tree'), { depthSize: 'small' }), { maxKeys: 3 }),
}));
const yaml = fc.dictionary(group, tree, { maxKeys: 3 }).map((value) => JSON.stringify(value, null, 1));

describe.skipIf(!hasAnsible())('whatever is accepted is what ansible-inventory reads', () => {
  async function compare(name: string, text: string, read: typeof readAnsibleIni): Promise<boolean> {
    const { entries, mistakes } = read(text);
    if (mistakes.length > 0 || entries.length === 0) return false;
    const list = await listOf(name, text);
    if (list === null) throw new Error('Ansible refuses it');
    expect(byId(entries)).toEqual(byId(serversOfList(list)));
    return true;
  }

  test('INI', { timeout: minutes }, async () => {
    const accepted = ini.filter((text) => {
      const { entries, mistakes } = readAnsibleIni(text);
      return entries.length > 0 && mistakes.length === 0;
    });
    await fc.assert(
      fc.asyncProperty(accepted, async (text) => compare('hosts.ini', text, readAnsibleIni)),
      runs
    );
  });

  test('YAML', { timeout: minutes }, async () => {
    const accepted = yaml.filter((text) => {
      const { entries, mistakes } = readAnsibleYaml(text);
      return entries.length > 0 && mistakes.length === 0;
    });
    await fc.assert(
      fc.asyncProperty(accepted, async (text) => compare('hosts.yml', text, readAnsibleYaml)),
      runs
    );
  });

  test('one value after another', { timeout: minutes }, async () => {
    const values = [
      'a',
      '"a"',
      "'a'",
      '7',
      '07',
      '0',
      '00',
      '+7',
      '-7',
      '0x7',
      '1_0',
      '1e3',
      '1.5',
      '.5',
      '5.',
      '1j',
      'True',
      'None',
      'none',
      'a b',
      '"a" # b',
      '"a" "b"',
      'r"a"',
      '[1]',
      '(1)',
      '{}',
      '...',
      'a # b',
      '7 # b',
      '10.0.0.1',
      '"a',
      "a'b",
      '-a',
      '1 + 1',
      '1+2j',
      '3com',
      '1 2',
    ];
    const text = values
      .map((value, index) => `[g${index}]\nh${index}\n[g${index}:vars]\nansible_user=${value}\n`)
      .join('');
    const list = serversOfList((await listOf('hosts.ini', text))!);
    for (const [index, value] of values.entries()) {
      const { entries, mistakes } = readAnsibleIni(`[g]\nh\n[g:vars]\nansible_user=${value}\n`);
      const real = list.find(({ serverId }) => serverId === `h${index}`)!.user;
      if (mistakes.length === 0) expect([value, entries[0]!.user]).toEqual([value, real]);
    }
  });
});

test('a port is 1 to 65535', () => {
  expect(['0', '1', '022', '65535', '65536', '', '-1', '1e3', ' 1', '999999999'].map(readPort)).toEqual([
    null,
    1,
    22,
    65535,
    ...Array.from({ length: 6 }, () => null),
  ]);
});
