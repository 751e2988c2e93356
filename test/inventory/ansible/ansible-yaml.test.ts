import { expect, test } from 'vitest';
import { readAnsibleYaml } from '../../../src/inventory/ansible/ansible-yaml.ts';

const mistakes = (text: string) => readAnsibleYaml(text).mistakes.map(({ line, message }) => `${line}: ${message}`);

test.each([
  ['', '1: must be a map of groups, such as all:, not nothing'],
  ['- a', '1: must be a map of groups, such as all:, not a list'],
  ['hunter2', '1: must be a map of groups, such as all:, not a string'],
  ['plugin: amazon.aws.aws_ec2\nregions: [x]', '1: configures an inventory plugin, which only Ansible can run'],
  ['all: [a]', '1: "all" must be a group: a map with hosts, children and vars'],
  ['all:\n  hosts: [a, b]', '2: hosts must be a map, not a list'],
  ['all:\n  host: { a: }', '2: "host" is not a key of a group; did you mean "hosts"?'],
  ['all:\n  extra: { a: }', '2: "extra" is not a key of a group; use hosts, children and vars'],
  ['web:\n  hosts:\n    a: hunter2', '3: "a" must be a map of variables, or empty'],
  ['web:\n  hosts: { a: }\n  vars: hunter2', '3: vars must be a map, not a string'],
  ['web:\n  hosts:\n    a:\n    a:', '4: duplicate key, or one that is not a string'],
  [
    'web:\n  children:\n    web:\n      hosts: { a: }',
    '1: the group "web" is its own ancestor, or nested more than 100 levels',
  ],
  ['web:\n  children:\n    all:', '3: all cannot be below another group'],
  ['ungrouped:\n  children:\n    web:', '3: ungrouped is for servers without a group, and has no children'],
  ['web:\n  hosts:\n    a:\n      ansible_host: !vault x', '4: a: ansible_host is encrypted with Ansible Vault'],
  [
    'web:\n  hosts:\n    a:\n      ansible_host: "{{ x }}"',
    '4: a: ansible_host is a template with "x", which is not set for this host',
  ],
  ['web:\n  hosts:\n    "{{ x }}":', '3: "{{ x }}" is a template, which only Ansible can fill in'],
  [
    'web:\n  hosts: { "a[1:3]": }\n  vars:\n    ansible_user: yes',
    '4: a1 and 2 more: ansible_user needs quotes: YAML 1.1, YAML 1.2 and Python read it differently',
  ],
  [
    'web:\n  hosts:\n    a:\n      ansible_port: 22.5',
    '4: a: ansible_port needs quotes: YAML 1.1, YAML 1.2 and Python read it differently',
  ],
  [
    'web:\n  hosts:\n    a:\n      ansible_user: 1.0',
    '4: a: ansible_user needs quotes: YAML 1.1, YAML 1.2 and Python read it differently',
  ],
  ['web:\n  hosts:\n    a:\n      ansible_password: *hunter2', '4: undefined anchor, or one that is defined twice'],
  ['web:\n  hosts:\n    a:\n      ansible_password: !hunter2 x', '4: not valid YAML: unknown tag'],
  [
    'web:\n  hosts:\n    a:\n      ansible_password: @hunter2',
    '4: not valid YAML: plain value cannot start with reserved character',
  ],
  ['web:\n  hosts:\n    a:\n      ansible_password: "hunter2', '4: not valid YAML: missing closing'],
  ['web:\n  hosts:\n    a:\n      ansible_password: x: hunter2', '4: not valid YAML: '],
  ['web:\n  hosts:\n    a:\n      ansible_password: "x" hunter2', '4: not valid YAML: '],
  ['web:\n  hosts:\n    a:\n      ansible_password: %hunter2', '4: not valid YAML: '],
  ['web:\n  hosts: { a: }\n---\nweb:\n  hosts: { b: }', '3: not valid YAML: there is a second document'],
  ['web:\n  hosts: { a: }\n  children: 0x1f', '3: children must be a map, not a string'],
  ['web:\n  hosts:\n    0x1f:', '3: "0x1f" is not a string to every YAML reader; quote it'],
  [
    'web:\n  hosts:\n    "12": { ansible_host: a }\n    12:30:',
    '4: "12:30" is not a string to every YAML reader; quote it',
  ],
  ['web:\n  hosts:\n    a:\non:\n  hosts:\n    b:', '4: "on" is not a string to every YAML reader; quote it'],
  ['web:\n  hosts:\n    a: &x {}\n    b: &x {}', '4: undefined anchor, or one that is defined twice'],
  ['web:\n  hosts:\n    a:\n     <<: x', '3: "a" must be a map of variables, or empty'],
])('%j is a mistake, and has no servers', (text, mistake) => {
  const found = mistakes(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(mistake);
  expect(found[0]).not.toMatch(/hunter2/);
  expect(readAnsibleYaml(text).entries).toEqual([]);
});

test.each(['yes', '022', '0x1f', '1e3', '12:30', '2026-01-01', '1_0', '+7'])(
  '%s needs quotes in a variable that is read',
  (value) => {
    const inventory = (name: string, of: string) => readAnsibleYaml(`web: { hosts: { a: { ${name}: ${of} } } }`);
    expect(inventory('ansible_user', value).mistakes).toEqual([
      { line: 1, message: expect.stringContaining('a: ansible_user needs quotes') as string, needsAnsible: true },
    ]);
    expect(inventory('ansible_private_key_file', `"${value}"`).entries).toMatchObject([{ keyFile: value }]);
    for (const other of ['ansible_password', 'app', 'ansible_become']) {
      expect(inventory(other, value)).toMatchObject({ mistakes: [], entries: [{ serverId: 'a' }] });
    }
  }
);

test('a port is a number or a string, and an empty value is not set', () => {
  const text =
    'web: { hosts: { a: { ansible_port: 2222 }, b: { ansible_port: "022" }, c: { ansible_port: }, d: { ansible_port: ~ } } }';
  expect(readAnsibleYaml(text).entries.map(({ port }) => port)).toEqual([2222, 22, null, null]);
});

test('own keys override merged keys', () => {
  const text = `
web:
  hosts:
    a: &a { ansible_user: root, ansible_port: 2222 }
    b: { <<: *a, ansible_user: me }
    c: { <<: [{ ansible_ssh_port: 1 }, *a], ansible_port: 1 }
`;
  const { entries, mistakes: found } = readAnsibleYaml(text);
  expect(found).toEqual([]);
  expect(entries.map(({ serverId, user, port }) => [serverId, user, port])).toEqual([
    ['a', 'root', 2222],
    ['b', 'me', 2222],
    ['c', 'root', 1],
  ]);
});

test('a key in two merged maps is a mistake, because versions of PyYAML differ', () => {
  const { mistakes: found } = readAnsibleYaml(
    'web: { hosts: { a: { <<: [{ ansible_port: 1, x: 1 }, { ansible_port: 2, x: 2 }] } } }'
  );
  expect(found).toMatchObject([
    { line: 1, message: expect.stringContaining('is in two merged maps'), needsAnsible: true },
  ]);
});

test.each(['[1:2]', '1:22'])('a host whose name is a number keeps its position: it overrides %s before it', (other) => {
  const hosts = `"${other}": { ansible_user: x }, "1": { ansible_user: z }`;
  const { entries, mistakes: found } = readAnsibleYaml(`all: { hosts: { ${hosts} }, vars: { ansible_host: a } }`);
  expect(found).toEqual([]);
  expect(entries.find(({ serverId }) => serverId === '1')?.user).toBe('z');
});

test('a group whose name is a number keeps its position: it overrides groups before it', () => {
  const { entries, mistakes: found } = readAnsibleYaml(
    'web:\n  hosts: { a: { ansible_user: x } }\n"9":\n  hosts: { a: { ansible_user: z } }'
  );
  expect([found, entries.map(({ user, groups }) => [user, groups])]).toEqual([[], [['z', ['9', 'web']]]]);
});

test('deeply nested groups and a name of a megabyte are refused in one short line', () => {
  const nested = Array.from(
    { length: 20 },
    (_, level) => `${'  '.repeat(level * 2)}g${level}:\n${'  '.repeat(level * 2 + 1)}children:\n`
  );
  for (const text of [nested.join(''), `web:\n  hosts:\n    ? ${'x'.repeat(1_000_000)}\n    :\n`]) {
    const [mistake] = mistakes(`${text}${' '.repeat(90)}x:\n`);
    expect(mistake).toMatch(/^\P{C}{1,250}$/u);
  }
});
