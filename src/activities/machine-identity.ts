import { createHash } from 'node:crypto';
import type { MachineIds } from '../benchmarks/machine.ts';

/**
 * What two ids of one machine have in common, in 16 hexadecimal digits: the first half stands for the host key alone,
 * the second for that with the machine id and the boot id, since clones of one image may share all but the last.
 * Hashed, as machine-id(5) asks for.
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
 * The name of the guard of a machine: the same for whoever reaches it, whichever of its host keys it shows, before and
 * after a restart. The nodes of a cluster may have one host key, one machine id and one home folder; the guard of another
 * node must not be taken for one of before a restart.
 */
export function machineGuard(hostKey: string, { machineId, node, hostKeys }: Omit<MachineIds, 'bootId'>): string {
  const isOneOfThem = hostKeys.some((key) => fingerprint(key) === hostKey);
  return digitsOf([...(isOneOfThem ? hostKeys : [hostKey]), machineId, node]);
}

/** As ssh shows it. */
function fingerprint(base64: string): string {
  const hash = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}
