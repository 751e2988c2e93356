import { expect, test } from 'vitest';
import { jumpOfCommand } from '../../../src/source/hosts/jump-command.ts';
import { readJumpHosts } from '../../../src/source/hosts/jump-hosts.ts';
import { formatEndpoint } from '../../../src/domain/servers/endpoint.ts';
import { hostileValues } from '../../support/hostile-values.ts';
import { problems, read } from '../../support/read-configuration.ts';

test.each([
  ['bastion', [{ host: 'bastion', port: null, user: null }]],
  ['me@bastion:2222', [{ host: 'bastion', port: 2222, user: 'me' }]],
  ['me@example.com@b', [{ host: 'b', port: null, user: 'me@example.com' }]],
  ['[fe80::1%eth0]:23', [{ host: 'fe80::1%eth0', port: 23, user: null }]],
  ['me@2001:db8::1', [{ host: '2001:db8::1', port: null, user: 'me' }]],
  ['ssh://me@b:24', [{ host: 'b', port: 24, user: 'me' }]],
])('%s is a jump host', (text, expected) => {
  expect(readJumpHosts(text)).toEqual(expected);
  expect(readJumpHosts(expected.map(formatEndpoint).join(','))).toEqual(expected);
});

test('an IPv6 address of a jump host is kept in its short form', () => {
  expect(readJumpHosts('me@[FE80:0::1%eth0]:23,0:0::1')).toEqual([
    { host: 'fe80::1%eth0', port: 23, user: 'me' },
    { host: '::1', port: null, user: null },
  ]);
});

test('several jump hosts keep their order, and "none" is an empty list', () => {
  expect(readJumpHosts('a, b:1')).toMatchObject([{ host: 'a' }, { host: 'b', port: 1 }]);
  expect(readJumpHosts('none')).toEqual([]);
});

test.each([
  '',
  'a,',
  'a:0',
  'a:65536',
  'a:x',
  '-b',
  '-oProxyCommand=x',
  '-l@b',
  'me@-b',
  'a b',
  '[a',
  'a,b,c,d,e,f,g,h,i',
])('%j is not a jump host', (text) => {
  expect(readJumpHosts(text)).toEqual(expect.any(String));
});

test('a hostile value is refused in one short printable line', async () => {
  for (const value of hostileValues.filter((each) => each !== '../x')) {
    for (const text of [value, `${value}@b`, `a@${value}`, `a,${value}`]) {
      expect(readJumpHosts(text)).toMatch(/^\P{C}{1,150}$/u);
    }
    const yaml = `ssh: { jump: ${JSON.stringify(value)} }\nservers: { a: { jump: [${JSON.stringify(value)}] } }\n`;
    for (const line of await problems(yaml)) expect(line).toMatch(/^fleetmark.yaml:\d+:\d+: \P{C}{1,200}$/u);
  }
});

test('a server has its own jump hosts, those of all servers, or none', async () => {
  const text = 'ssh: { jump: "me@b:23" }\nservers: { a: , c: { jump: none }, d: { jump: [e, f] } }\n';
  const { servers } = await read(text);
  expect([...servers.values()].map(({ jumps }) => jumps?.map(formatEndpoint))).toEqual([['me@b:23'], [], ['e', 'f']]);
});

test.each([
  ['ssh -W %h:%p bastion', 'bastion'],
  ['ssh -q -W %h:%p me@bastion', 'me@bastion'],
  ['exec /usr/bin/ssh bastion -W [%h]:%p -p 2222 -l me', 'me@bastion:2222'],
  ["ssh -W '%h:%p' -p22 ::1", '[::1]:22'],
  ['ssh -qW %h:%p bastion', 'bastion'],
  ['ssh -W %h:%p -o Port=1 -o "User me" bastion', 'me@bastion:1'],
  ['ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -W %h:%p bastion', 'bastion'],
])('the command %j is a jump host', (command, jump) => {
  const host = jumpOfCommand(command);
  expect(formatEndpoint(host!)).toBe(jump);
  expect(host).not.toHaveProperty('keyFile');
});

test.each([
  ['ssh -i keys/b -W %h:%p me@bastion', 'keys/b', 'me@bastion'],
  ['ssh -W %h:%p -q -i ~/.ssh/b -p 2222 -l me -o StrictHostKeyChecking=no bastion', '~/.ssh/b', 'me@bastion:2222'],
  ['ssh -i "my keys/b" -W "[%h]:%p" -o BatchMode=yes me@10.0.0.1', 'my keys/b', 'me@10.0.0.1'],
  ['ssh -o IdentityFile="my keys/b" -o IdentitiesOnly=yes -W %h:%p b', 'my keys/b', 'b'],
])('the command %j is a jump host with a key of its own', (command, keyFile, jump) => {
  const host = jumpOfCommand(command)!;
  expect([formatEndpoint(host), host.keyFile]).toEqual([jump, keyFile]);
});

test.each([
  'ssh bastion',
  'ssh -W x:22 bastion',
  'ssh -W %h:%p',
  'ssh -W %h:%p a b',
  'ssh -W %h:%p a,b',
  'ssh -W %h:%p -l x me@a',
  'ssh -W %h:%p -F other bastion',
  'ssh -W %h:%p -p 1 -o Port=2 bastion',
  'ssh -W %h:%p -o HostName=x bastion',
  'ssh -W %h:%p -i %d/key bastion',
  'ssh -W %h:%p -i a -i b bastion',
  'ssh -W %h:%p -J other bastion',
  'ssh bastion nc %h %p',
  'nc %h %p',
  'sh -c "ssh -W %h:%p bastion"',
  'ssh -W %h:%p "bastion',
  '',
])('%j is not supported', (command) => {
  expect(jumpOfCommand(command)).toBeNull();
});

test.each(['ssh -W %h:%p bastion; reboot', 'ssh -W %h:%p $(reboot)', 'ssh -W %h:%p bastion | tee x'])(
  '%j is not a jump host',
  (command) => {
    expect(jumpOfCommand(command)).toBeNull();
  }
);
