import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isServerId } from '../../src/domain/servers/server.ts';
import { isHost, isUser } from '../../src/source/hosts/host.ts';
import { inventoryFormat, readInventory } from '../../src/inventory/read-inventory.ts';
import { problems } from '../support/read-configuration.ts';

test.each([
  ['hosts.yml', '', 'Ansible YAML'],
  ['hosts.YAML', 'web-1', 'Ansible YAML'],
  ['hosts.ini', 'web-1', 'Ansible INI'],
  ['hosts.cfg', 'web-1', 'Ansible INI'],
  ['hosts.json', '', 'Ansible JSON'],
  ['hosts', '# x\n  {"all": {}}', 'Ansible JSON'],
  ['hosts', '# x\n---\nall:', 'Ansible YAML'],
  ['hosts', 'all:\n  hosts:\n', 'Ansible YAML'],
  ['hosts.txt', 'web-1\nweb-2 ansible_host=10.0.0.1', 'Ansible INI'],
  ['hosts', 'web-1\n[web]\nweb-2', 'Ansible INI'],
  ['hosts', '[web:children] # x\n', 'Ansible INI'],
  ['hosts', 'web[01:20].example.com', 'Ansible INI'],
  ['hosts', 'web-[a:f]:22', 'Ansible INI'],
  ['hosts', 'web-1\n; x', 'Ansible INI'],
  ['-', 'web-1', 'plain list'],
  ['hosts.production', 'web-1\nbench@web-2:22', 'plain list'],
  ['hosts.txt', '# [web]\n# a ansible_host=b\nweb-1', 'plain list'],
  ['hosts.txt', '[::1]\n[fe80::1]:22\nnode[001-128,130]\n[1-3].example.com', 'plain list'],
  ['hosts', '', 'plain list'],
])('%s with %j is %s', (name, text, format) => {
  expect(inventoryFormat(name, text)).toBe(format);
});

test('a mistake in one of 10,000 lines has its line number, and no server is read', () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => `web-${index} ansible_host=10.0.0.1`);
  lines[7_000] = 'web-7000 ansible_host=10.0.0.1 oops';
  const { entries, mistakes } = readInventory('hosts', lines.join('\n'));
  expect(mistakes).toEqual([{ line: 7_001, message: 'word 3 is not key=value; a value with blanks needs quotes' }]);
  expect(entries).toEqual([]);
});

const hostile = fc.constantFrom(
  ...['a\nb', '-oProxyCommand=x', '$(reboot)', '`x`', "a'b", 'a"b', 'a\u001b[2J', 'a\u202eb', 'a\u0000', '../x', 'a;b'],
  ...['x'.repeat(20_000), '__proto__', 'constructor', '{{ x }}', '\u2028', '::1', 'a[1:3]', 'a[1-3]:22', '', '10.1']
);
const word = fc.oneof(hostile, fc.string(), fc.constantFrom('a', 'web', 'all', 'hosts', 'children', 'vars', '_meta'));
const variables = fc.dictionary(
  fc.constantFrom(
    'ansible_host',
    'ansible_user',
    'ansible_port',
    'ansible_private_key_file',
    'ansible_ssh_common_args'
  ),
  fc.oneof(word, fc.integer(), fc.constantFrom(null, true, [], {}, 1.5, { __ansible_unsafe: '$(x)' }))
);
const hosts = fc.dictionary(word, fc.option(variables));
const map = fc.dictionary(word, fc.oneof(fc.record({ hosts }), fc.record({ hosts: fc.array(word) }), fc.anything()));
const list = fc.record({ web: fc.array(word), _meta: fc.record({ hostvars: hosts }) });
const written = fc.oneof(map, list).map((value) => JSON.stringify(value));
const lines = fc.array(fc.array(word, { maxLength: 3 })).map((all) => all.map((words) => words.join(' ')).join('\n'));

test('any inventory yields safe servers, or mistakes of one printable line each', () => {
  const name = fc.constantFrom('h', 'h.ini', 'h.yml', 'h.json');
  fc.assert(
    fc.property(name, fc.oneof(written, lines, fc.string()), (file, text) => {
      const { entries, mistakes } = readInventory(file, text);
      for (const { serverId, host, port, user, keyFile, groups, skip } of entries) {
        expect(isServerId(serverId) && (isHost(host) || skip !== undefined) && (user === null || isUser(user))).toBe(
          true
        );
        expect(port === null || (port >= 1 && port <= 65535)).toBe(true);
        expect(keyFile ?? '').toMatch(/^\P{C}{0,1000}$/u);
        expect(skip ?? 'reached').toMatch(/^\P{C}{1,400}$/u);
        for (const group of groups) expect(group).toMatch(/^[\p{L}\p{M}\p{Nd}._-]{1,100}$/u);
      }
      for (const { line, message } of mistakes) {
        expect(line).toBeGreaterThan(0);
        expect(message).toMatch(/^\P{C}{1,400}$/u);
      }
    }),
    { numRuns: 1500 }
  );
});

test('in every format, an invalid line among 10,000 servers has its line number', async () => {
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  const lines = (line: (index: number) => string, wrong: string): string =>
    numbers.map((index) => (index === 7000 ? wrong : line(index))).join('\n');
  const refusal = async (name: string, content: string) =>
    problems(`inventory: ${name}`, { files: { [name]: content } });

  expect(await problems(`servers:\n${lines((n) => `  w${n}: { host: 10.0.0.1 }`, '  w7000: { hots: a }')}`)).toEqual([
    'fleetmark.yaml:7002:12: servers.w7000.hots: unknown key; did you mean "host"?',
  ]);
  expect(await refusal('h.yml', `all:\n hosts:\n${lines((n) => `  w${n}: {ansible_port: 22}`, '  w7000: x')}`)).toEqual(
    ['h.yml:7003: "w7000" must be a map of variables, or empty']
  );
  expect(
    await refusal(
      'h.ini',
      lines((n) => `w${n} ansible_port=22`, 'w7000 ansible_port=0')
    )
  ).toEqual(['h.ini:7001: w7000: ansible_port "0" is not a port: 1 to 65535']);
  expect(
    await refusal(
      'h.txt',
      lines((n) => `w${n}`, 'w1')
    )
  ).toEqual(['h.txt:7001: duplicate server w1, first on line 2']);
  const list = lines((n) => ` "w${n}": {},`, ' "w7000": {"ansible_port": 0},');
  const names = numbers.map((n) => `"w${n}"`).join();
  expect(
    await refusal('h.json', `{"_meta": {"hostvars": {\n${list}\n "w0x": {}}}, "all": {"hosts": [${names},"w0x"]}}`)
  ).toEqual(['h.json:7002: w7000: ansible_port "0" is not a port: 1 to 65535']);
});
