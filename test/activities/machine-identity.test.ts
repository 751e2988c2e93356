import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { machineGuard, machineIdentity } from '../../src/activities/machine-identity.ts';

const machineId = '0123456789abcdef0123456789abcdef';

test('clones of one image share only the half for the host key', () => {
  const [key, id] = ['SHA256:abc', '0123456789abcdef0123456789abcdef'];
  const identity = machineIdentity(key, { machineId: id, bootId: 'boot-1' });
  expect(machineIdentity(key, { machineId: id, bootId: 'boot-1' })).toBe(identity);
  const others = [
    machineIdentity(key, { machineId: id, bootId: 'boot-2' }),
    machineIdentity(key, { machineId: null, bootId: 'boot-1' }),
    machineIdentity(key, { machineId: 'fedcba9876543210fedcba9876543210', bootId: 'boot-1' }),
  ];
  expect(new Set([identity, ...others]).size).toBe(4);
  expect(new Set([identity, ...others].map((each) => each.slice(0, 8))).size).toBe(1);
  expect(machineIdentity('SHA256:abd', { machineId: id, bootId: 'boot-1' }).slice(0, 8)).not.toBe(identity.slice(0, 8));
});

test('cluster nodes with the same host key, machine id and folders have separate guards', () => {
  const guards = ['node-1', 'node-2', null].map((node) =>
    machineGuard('SHA256:abc', { machineId, node, hostKeys: [] })
  );
  expect(new Set(guards).size).toBe(3);
  expect(machineGuard('SHA256:abc', { machineId, node: 'node-1', hostKeys: [] })).toBe(guards[0]);
});

test('a machine has one guard for all its host keys; another sshd on it has another one', () => {
  const hostKeys = ['AAAAC3NzaC1lZDI1NTE5AAAAIO4b', 'AAAAB3NzaC1yc2EAAAADAQABAAABgQ=='];
  const shown = hostKeys.map((key) => {
    const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
    return `SHA256:${digest.slice(0, -1)}`;
  });
  const guardOf = (hostKey: string) => machineGuard(hostKey, { machineId, node: 'web-1', hostKeys });
  expect(guardOf(shown[0]!)).toBe(guardOf(shown[1]!));
  expect(guardOf('SHA256:abc')).not.toBe(guardOf(shown[0]!));
});
