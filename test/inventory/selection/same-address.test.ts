import { expect, test } from 'vitest';
import { sameAddresses } from '../../../src/inventory/selection/same-address.ts';
import type { JumpHost } from '../../../src/domain/servers/server.ts';

function server(serverId: string, host: string, port: number | null = 22, jumps: JumpHost[] | null = null) {
  return { serverId, host, port, user: null, jumps };
}

test('of several ids with the same host and port, all but the first are reported as the same machine', () => {
  const servers = [
    server('web-1', '10.0.0.11'),
    server('web-2', '10.0.0.12'),
    server('front', '10.0.0.11'),
    server('web-1-admin', '10.0.0.11', 2222),
    server('back', '10.0.0.11'),
    server('db-1', 'db-1.example.com'),
    server('db', 'DB-1.example.com.'),
    server('six', 'fe80::17', 2222),
    server('half-a-dozen', 'fe80::17', 2222),
  ];
  expect(sameAddresses(servers)).toEqual({
    front: 'the same machine as web-1 (10.0.0.11:22)',
    back: 'the same machine as web-1 (10.0.0.11:22)',
    db: 'the same machine as db-1 (DB-1.example.com.:22)',
    'half-a-dozen': 'the same machine as six ([fe80::17]:2222)',
  });
});

test('an IPv4-mapped IPv6 address is the same machine', () => {
  const servers = [server('a', '::ffff:192.0.2.1'), server('b', '192.0.2.1'), server('c', '::fffe:192.0.2.1')];
  expect(sameAddresses(servers)).toEqual({ b: 'the same machine as a (192.0.2.1:22)' });
});

test('an id may have the name of a property of every object', () => {
  expect(sameAddresses([server('a', 'x'), server('constructor', 'x')])).toEqual({
    constructor: 'the same machine as a (x:22)',
  });
  expect(sameAddresses([])).toEqual({});
});

test('a missing port is 22, and the same address behind another jump host is another machine', () => {
  const bastion = { host: 'bastion', port: null, user: null };
  const servers = [server('a', '10.0.0.1', null), server('b', '10.0.0.1'), server('c', '10.0.0.1', 22, [bastion])];
  expect(Object.keys(sameAddresses(servers))).toEqual(['b']);
});

test('another user of the same address may lead to another machine behind a gateway; the same user does not', () => {
  const pod = (serverId: string, user: string | null) => ({ ...server(serverId, 'ssh.gateway'), user });
  const pods = [pod('a', 'pod1'), pod('b', 'pod2'), pod('c', null), pod('again', 'pod2'), pod('d', null)];
  expect(sameAddresses(pods)).toEqual({
    again: 'the same machine as b (ssh.gateway:22)',
    d: 'the same machine as c (ssh.gateway:22)',
  });
});
