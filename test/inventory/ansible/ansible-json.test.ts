import { expect, test } from 'vitest';
import { readAnsibleJson } from '../../../src/inventory/ansible/ansible-json.ts';

const mistakes = (text: string) => readAnsibleJson(text).mistakes.map(({ line, message }) => `${line}: ${message}`);

test('the output of an inventory program is also read: a group can be a list of its hosts', () => {
  const { entries, mistakes: found } = readAnsibleJson(
    '{"web": ["a"], "db": {"hosts": ["b"], "vars": {"ansible_port": 23}}}'
  );
  expect(found).toEqual([]);
  expect(entries).toMatchObject([
    { serverId: 'a', groups: ['web'], port: null },
    { serverId: 'b', groups: ['db'], port: 23 },
  ]);
});

test('without lists it is read like an inventory in YAML', () => {
  const { entries } = readAnsibleJson('{"all": {"children": {"web": {"hosts": {"a": {"ansible_user": "me"}}}}}}');
  expect(entries).toMatchObject([{ serverId: 'a', user: 'me', groups: ['web'] }]);
});

test('a host with the name of a group keeps its own variables', () => {
  const text = '{"_meta": {"hostvars": {"db": {"ansible_port": 1}}}, "db": {"hosts": ["db", "x"]}}';
  expect(readAnsibleJson(text).entries).toMatchObject([
    { serverId: 'db', port: 1 },
    { serverId: 'x', port: null },
  ]);
});

test.each([
  ['{"web": ["a"],\n "x": hunter2}', '2: is not valid JSON'],
  ['{"web": ["a"]\n"x": []}', '2: is not valid JSON'],
  ['{"web": ["a"],\n"x": ["hunter2]}', '2: is not valid JSON'],
  [`{"web": ["a"],\n"x": "${'x'.repeat(9_000_000)}`, '2: is not valid JSON'],
  ['[]', '1: must be a JSON object of groups'],
  ['{"_meta": {"hostvars": {\n"a": {}}}}', '2: "a" has variables, but is in no group'],
  ['{"_meta": {"hostvars": {\n"a": "hunter2"}}, "web": ["a"]}', '2: the variables of a must be an object'],
  ['{"_meta": {"hostvars": []}, "web": ["a"]}', '1: _meta must hold hostvars, an object'],
  ['{"_meta": {}, "web": ["a"]}', '1: _meta must hold hostvars, an object'],
  ['{"web": ["a"],\n "db": {}}', '2: "db" is empty, so Ansible would read it as a host; add "hosts": []'],
  ['{"_meta": {"hostvars": {}},\n "web": "a"}', '2: "web" must be a group: an object with hosts, children and vars'],
  ['{"_meta": {"hostvars": {}},\n "web": {"hosts": "a"}}', '2: hosts must be a list of names'],
  ['{"_meta": {"hostvars": {}},\n "web": {"hosts": [1]}}', '2: hosts must be a list of names'],
  ['{"_meta": {"hostvars": {}},\n "web": {"hosts": ["a"], "host": []}}', '2: "host" is not a key of a group'],
  ['{"_meta": {"hostvars": {}},\n "web": {"children": {}}}', '2: children must be a list of names'],
  [
    '{"web": {\n"hosts": ["a"], "children": ["web"]}}',
    '1: the group "web" is its own ancestor, or nested more than 100 levels',
  ],
  ['{"web": ["a",\n"b c"]}', '2: "b c" is not a host: names contain neither blanks nor invisible characters'],
  [
    '{"_meta": {"hostvars": {"a": {\n"ansible_port": {"__ansible_vault": "hunter2"}}}}, "web": ["a"]}',
    '2: a: ansible_port is encrypted with Ansible Vault',
  ],
  [
    '{"_meta": {"hostvars": {"a": {\n"ansible_user": 1.0}}}, "web": ["a"]}',
    '2: a: ansible_user is neither a string nor a whole number',
  ],
])('%j is a mistake, and has no servers', (text, mistake) => {
  expect(mistakes(text)).toEqual([mistake]);
  expect(readAnsibleJson(text).entries).toEqual([]);
  expect(mistake).not.toMatch(/hunter2/);
});
