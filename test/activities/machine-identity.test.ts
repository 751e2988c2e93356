import { expect, test } from 'vitest';
import { machineIdentity } from '../../src/activities/machine-identity.ts';

test('clones of one image share the half that stands for the host key, and no more', () => {
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
