import type { MachineFacts } from './machine.ts';
import type { Server } from './server.ts';
import { matchesPattern } from '../values/wildcards.ts';

/** The class of all remaining servers. */
export const DEFAULT_CLASS = 'default';

/** `h100x8`, `c5.large`; not only digits, which would look like a count. */
export const CLASS_NAME_PATTERN = /^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

export function isClassName(text: string): boolean {
  return CLASS_NAME_PATTERN.test(text);
}

/** A rule that assigns servers to a class, in addition to those that name it. The first class that matches wins. */
export interface HardwareClass {
  name: string;
  groups: string[];
  detect: Detection | null;
}

/** All criteria must match; unknown facts never match. */
export interface Detection {
  /** `*` matches anything, `?` one character; case does not matter. */
  gpuModel?: string;
  /** How many GPUs, of that model if one is given. */
  gpus?: Bounds;
  cpuModel?: string;
  cpus?: Bounds;
  /** Memory that the system reports, which is less than what is installed. */
  memoryGib?: Bounds;
}

export interface Bounds {
  min?: number;
  max?: number;
}

/** The class of a server by its groups, and the group that decided; null if no class has one of its groups. */
export function classByGroups(
  groups: readonly string[],
  classes: readonly HardwareClass[]
): { name: string; group: string } | null {
  for (const { name, groups: members } of classes) {
    const group = members.find((each) => groups.includes(each));
    if (group !== undefined) return { name, group };
  }
  return null;
}

/**
 * The class of a server: the one that it names, else that of its groups, else the first one that its machine matches, else
 * `default`. `classBy` is the rule that decided: `server`, `group gpu`, `detected` or `default`.
 */
export function classOf(
  { hardwareClass, groups }: Pick<Server, 'hardwareClass' | 'groups'>,
  classes: readonly HardwareClass[],
  facts: MachineFacts
): { hardwareClass: string; classBy: string } {
  const byGroups = classByGroups(groups, classes);
  if (byGroups !== null && (hardwareClass ?? byGroups.name) === byGroups.name) {
    return { hardwareClass: byGroups.name, classBy: `group ${byGroups.group}` };
  }
  if (hardwareClass !== null) return { hardwareClass, classBy: hardwareClass === DEFAULT_CLASS ? 'default' : 'server' };
  const detected = classes.find(({ detect }) => detect !== null && matchesDetection(facts, detect));
  return detected
    ? { hardwareClass: detected.name, classBy: 'detected' }
    : { hardwareClass: DEFAULT_CLASS, classBy: 'default' };
}

function matchesDetection(facts: MachineFacts, { gpuModel, gpus, cpuModel, cpus, memoryGib }: Detection): boolean {
  const matching = facts.gpus.filter(({ model }) => gpuModel === undefined || matchesName(model, gpuModel));
  const count = matching.reduce((sum, each) => sum + each.count, 0);
  const gib = facts.memoryMib === null ? null : facts.memoryMib / 1024;
  return (
    (gpuModel === undefined || count > 0) &&
    isWithin(count, gpus) &&
    (cpuModel === undefined || (facts.cpuModel !== null && matchesName(facts.cpuModel, cpuModel))) &&
    isWithin(facts.cpus, cpus) &&
    (memoryGib === undefined || (gib !== null && isWithin(gib, memoryGib)))
  );
}

function matchesName(name: string, pattern: string): boolean {
  return matchesPattern(name.toLowerCase(), pattern.toLowerCase());
}

function isWithin(value: number, { min = -Infinity, max = Infinity }: Bounds = {}): boolean {
  return value >= min && value <= max;
}
