import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isServerId } from '../../src/domain/servers/server.ts';
import { readPlainList } from '../../src/inventory/plain-list.ts';

const entry = (line: string) => readPlainList(line).entries[0];

test.each([
  ['web-1', { serverId: 'web-1', host: 'web-1', port: null, user: null }],
  ['10.0.0.11:2222', { serverId: '10.0.0.11', host: '10.0.0.11', port: 2222, user: null }],
  ['bench@web-1', { serverId: 'web-1', host: 'web-1', port: null, user: 'bench' }],
  ['me@example.com@web-1:23', { serverId: 'web-1', host: 'web-1', port: 23, user: 'me@example.com' }],
  ['[2001:db8::17]:22', { serverId: '2001-db8--17', host: '2001:db8::17', port: 22, user: null }],
  ['[::1]', { serverId: '0--1', host: '::1', port: null, user: null }],
  ['root@fe80::1%eth0', { serverId: 'fe80--1-eth0', host: 'fe80::1%eth0', port: null, user: 'root' }],
])('%s is one server', (line, expected) => {
  const { from: _, ...rest } = entry(line)!;
  expect(rest).toEqual({
    ...expected,
    ...{ keyFile: null, hostKey: null, jumps: null, hardwareClass: null, groups: [] },
  });
});

test('comments, blank lines, a byte order mark and Windows line endings are ignored', () => {
  const { entries, mistakes } = readPlainList('\uFEFF# all\r\n\r\n  web-1   # the first\r\n\tweb-2\r\n#web-3\r\n');
  expect(entries.map(({ serverId }) => serverId)).toEqual(['web-1', 'web-2']);
  expect(mistakes).toEqual([]);
});

test('a host with several ports is one server per port, in any order of lines', () => {
  const ids = (text: string) => readPlainList(text).entries.map(({ serverId }) => serverId);
  expect(ids('a:2201\na\nb:2201')).toEqual(['a_2201', 'a_22', 'b']);
});

test.each([
  ['a\nb\na', 'duplicate server a, first on line 1'],
  ['a\n\nA:22', 'duplicate server A, first on line 1'],
  ['a\na:22', 'duplicate server a, first on line 1'],
  ['root@a:22\n\nbench@a', 'duplicate server a, first on line 1'],
  ['a:22\na:23\na_22', 'duplicate server a_22, first on line 1'],
  ['::1\n\n0::1', 'duplicate server 0--1, first on line 1'],
])('%j is refused for its duplicate server', (text, message) => {
  expect(readPlainList(text).mistakes.map((mistake) => mistake.message)).toEqual([message]);
});

test.each([
  ['web 1', '"web ..." is more than one word; write one user@host:port per line'],
  ['[webservers]', '"[webservers]" is not a host name or an IP address, with or without a port'],
  ['web[3-1]', '"web[3-1]": "3-1" ends before it begins'],
  ['web[1-3', '"web[1-3" is not a host name or an IP address, with or without a port'],
  ['web[1-2].[x]', '"web[1-2].[x]" has a bracket that is not a range'],
  ['web[1-999999]', '"web[1-999999]": "1-999999" expands to more than 100000 names'],
  ['[1-2]@-x', '"-x" is not a host name or an IP address, with or without a port'],
  ['web-1 ansible_host=10.0.0.1', '"web-1 ..." is more than one word; write one user@host:port per line'],
  ['-oProxyCommand=x', '"-oProxyCommand=..." is not a host name or an IP address, with or without a port'],
  ['web-1:0', '"0" is not a port: 1 to 65535'],
  ['web-1:65536', '"65536" is not a port: 1 to 65535'],
  ['web-1:', '"" is not a port: 1 to 65535'],
  ['web-1:ssh', '"ssh" is not a port: 1 to 65535'],
  ['300.1.1.1', '"300.1.1.1" is not a host name or an IP address, with or without a port'],
  ['10.1', '"10.1" is not a host name or an IP address, with or without a port'],
  ['@web-1', '"" is not a valid user name'],
  ['-x@web-1', '"-x" is not a valid user name'],
  ['$(reboot)', '"$(reboot)" is not a host name or an IP address, with or without a port'],
  ["web-1';reboot;'", '"web-1\';reboot;\'" is not a host name or an IP address, with or without a port'],
  ['web\u001b[31m-1', '"web\\u001b[31m-1" is not a host name or an IP address, with or without a port'],
  ['wéb-1!', '"wéb-1!" is not a host name or an IP address, with or without a port'],
  ['a'.repeat(200), `"${'a'.repeat(57)}..." is not a host name or an IP address, with or without a port`],
])('%j is refused', (line, message) => {
  expect(readPlainList(`ok\n${line}`).mistakes).toEqual([{ line: 2, message }]);
});

test('a name of a megabyte is refused in one short line', () => {
  const [mistake] = readPlainList('a'.repeat(1_000_000)).mistakes;
  expect(mistake!.message.length).toBeLessThan(200);
});

test('for any text, every entry has a unique valid id, and every mistake is one printable line', () => {
  const word = fc.oneof(fc.string(), fc.stringMatching(/^[a-c:@[\].0-9%_#-]{1,12}$/));
  fc.assert(
    fc.property(fc.array(word), (lines) => {
      const { entries, mistakes } = readPlainList(lines.join('\n'));
      const ids = entries.map(({ serverId }) => serverId);
      expect(ids.every(isServerId)).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
      expect(mistakes.every(({ message }) => /^\P{C}+$/u.test(message))).toBe(true);
    })
  );
});

test('10,000 lines become 10,000 servers', () => {
  const text = Array.from({ length: 10_000 }, (_, index) => `bench@web-${index}.example.com:2222`).join('\n');
  const { entries, mistakes } = readPlainList(text);
  expect([entries.length, mistakes.length]).toEqual([10_000, 0]);
});

test('a node set is expanded to servers with the settings of its line', () => {
  const { entries, mistakes } = readPlainList('bench@node[001-003,130]:2222 # rack 1\n10.0.0.[11-12]\nn[1-2]x[0-4/2]');
  expect(mistakes).toEqual([]);
  expect(entries.map(({ serverId }) => serverId)).toEqual([
    ...['node001', 'node002', 'node003', 'node130', '10.0.0.11', '10.0.0.12'],
    ...['n1x0', 'n1x2', 'n1x4', 'n2x0', 'n2x2', 'n2x4'],
  ]);
  expect(entries[3]).toMatchObject({ host: 'node130', port: 2222, user: 'bench' });
});

test('a node set that repeats a server is a mistake, not a shorter list', () => {
  const { mistakes } = readPlainList('node3\nnode[1-5]');
  expect(mistakes).toEqual([{ line: 2, message: 'duplicate server node3, first on line 1' }]);
});
