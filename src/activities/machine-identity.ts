import { createHash } from 'node:crypto';
import type { MachineIds } from '../benchmarks/machine.ts';

/**
 * Identifies a machine, to detect two server ids of the same machine: 16 hexadecimal digits. The first half is a hash of the
 * host key, the second of host key, machine id and boot id: clones of one image may share all but the boot id. machine-id(5)
 * asks for hashing.
 */
export function machineIdentity(
  hostKey: string,
  { machineId, bootId }: Pick<MachineIds, 'machineId' | 'bootId'>
): string {
  return digitsOf([hostKey]) + digitsOf([hostKey, machineId, bootId]);
}

function digitsOf(facts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 8);
}

/**
 * The name of the guard of a machine: the same for all of its host keys, and after a reboot. It includes the node name,
 * because the nodes of a cluster may share host key, machine id and home folder.
 */
export function machineGuard(hostKey: string, { machineId, node, hostKeys }: Omit<MachineIds, 'bootId'>): string {
  const isOneOfThem = hostKeys.some((key) => fingerprint(key) === hostKey);
  return digitsOf([...(isOneOfThem ? hostKeys : [hostKey]), machineId, node]);
}

/** The fingerprint of a host key, in the format of ssh. */
function fingerprint(base64: string): string {
  const hash = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}
