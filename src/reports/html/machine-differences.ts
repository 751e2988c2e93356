import { grouped } from '../../domain/values/grouped.ts';
import { median } from '../../domain/measurements/statistics.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { cpusText, gpusText, memoryText } from '../checks/checked-server-block.ts';
import { classOf } from './metric-groups.ts';

/** One fact of the machines of a class: what most of them have, and which have something else. */
export interface ClassFact {
  label: string;
  /** Of most servers. */
  usual: string;
  others: { place: number; serverId: string; value: string }[];
}

export interface ClassMachines {
  hardwareClass: string;
  servers: number;
  facts: ClassFact[];
}

/** Memory that the firmware and the kernel keep for themselves differs a little between equal machines. */
const MEMORY_TOLERANCE = 0.02;

interface Known {
  place: number;
  row: ServerRow;
}

const facts: readonly [label: string, valueOf: (row: ServerRow) => string][] = [
  ['server', (row) => row.machine?.product ?? 'unknown'],
  ['GPUs', gpusText],
  ['CPU', (row) => row.machine?.cpuModel ?? 'unknown'],
  ['CPUs', cpusText],
  ['memory', memoryText],
  ['system', (row) => row.machine?.system ?? 'unknown'],
  ['kernel', (row) => row.machine?.kernel ?? row.readiness?.kernel ?? 'unknown'],
  ['BIOS', (row) => row.machine?.bios ?? 'unknown'],
  ['GPU driver', (row) => row.machine?.gpuDriver ?? 'unknown'],
];

/** The machines of each class, as far as their servers told what they are. */
export function classMachines({ servers }: FleetReport): ClassMachines[] {
  const known = [...servers.entries()].flatMap(([place, row]) => (row.machine === null ? [] : [{ place, row }]));
  return [...grouped(known, ({ row }) => classOf(row))].map(([hardwareClass, of]) => ({
    hardwareClass,
    servers: of.length,
    facts: facts.map(([label, valueOf]) => classFact(label, valueOf, of)).filter(({ usual }) => usual !== 'unknown'),
  }));
}

function classFact(label: string, valueOf: (row: ServerRow) => string, of: readonly Known[]): ClassFact {
  const values = [...grouped(of, ({ row }) => valueOf(row))].sort(([, a], [, b]) => b.length - a.length);
  const usual = values[0]![0];
  const isOther = label === 'memory' ? isOtherMemory(of) : ({ row }: Known): boolean => valueOf(row) !== usual;
  const others = of.filter(isOther).map(({ place, row }) => ({ place, serverId: row.serverId, value: valueOf(row) }));
  return { label, usual, others };
}

function isOtherMemory(of: readonly Known[]): (known: Known) => boolean {
  const middle = median(of.flatMap(({ row }) => row.machine!.memoryMib ?? []));
  return ({ row }) => Math.abs((row.machine!.memoryMib ?? 0) - middle) > middle * MEMORY_TOLERANCE;
}
