import { compareWith, type Detection } from './detection.ts';
import type { MachineFacts } from './machine.ts';
import { findNearMiss } from './near-miss.ts';
import type { Server } from './server.ts';
import type { RowError } from '../failures/failure.ts';

/** The class of all remaining servers. */
export const DEFAULT_CLASS = 'default';

/** The rule that decided, for a server that has less than its class asks for; its measurements belong to no class. */
export const NEAR_MISS = 'near miss';

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

/** The class of a server, and the rule that decided: `server`, `group gpu`, `detected`, `near miss` or `default`. */
export interface ChosenClass {
  hardwareClass: string;
  classBy: string;
  /** Why it cannot be judged; missing: it can. */
  nearMiss?: RowError;
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
 * one that it nearly matches, which is an error, else `default`.
 */
export function classOf(
  { hardwareClass, groups }: Pick<Server, 'hardwareClass' | 'groups'>,
  classes: readonly HardwareClass[],
  facts: MachineFacts
): ChosenClass {
  const byGroups = classByGroups(groups, classes);
  if (byGroups !== null && (hardwareClass ?? byGroups.name) === byGroups.name) {
    return { hardwareClass: byGroups.name, classBy: `group ${byGroups.group}` };
  }
  if (hardwareClass !== null) return { hardwareClass, classBy: hardwareClass === DEFAULT_CLASS ? 'default' : 'server' };
  const detected = classes.find(({ detect }) => detect !== null && isMatch(facts, detect));
  if (detected !== undefined) return { hardwareClass: detected.name, classBy: 'detected' };
  const near = findNearMiss(facts, classes);
  return near === null
    ? { hardwareClass: DEFAULT_CLASS, classBy: 'default' }
    : { hardwareClass: near.name, classBy: NEAR_MISS, nearMiss: near.error };
}

function isMatch(facts: MachineFacts, detection: Detection): boolean {
  return compareWith(facts, detection).every(({ fit }) => fit === 'matches');
}
