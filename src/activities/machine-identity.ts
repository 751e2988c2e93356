import { createHash } from 'node:crypto';
import type { MachineIds } from '../benchmarks/machine.ts';

/**
 * What two ids of one machine have in common, in 16 hexadecimal digits: the first half stands for the host key alone,
 * the second for that with the machine id and the boot id, since clones of one image may share all but the last.
 * Hashed, as machine-id(5) asks for.
 */
export function machineIdentity(hostKey: string, { machineId, bootId }: MachineIds): string {
  return digitsOf([hostKey]) + digitsOf([hostKey, machineId, bootId]);
}

function digitsOf(facts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 8);
}

/** The name of the guard of a machine: the same for whoever reaches it, in whatever way, before and after a restart. */
export function machineGuard(hostKey: string, { machineId }: MachineIds): string {
  return digitsOf([hostKey, machineId]);
}
