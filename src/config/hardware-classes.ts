import { classByGroups, DEFAULT_CLASS, type HardwareClass } from '../domain/servers/hardware-class.ts';
import type { Server } from '../domain/servers/server.ts';
import { didYouMean } from '../source/nearest-word.ts';
import { quoted, type Problem } from '../source/problem.ts';
import type { ClassesText } from './schema/schema.ts';

/** The classes, in their written order. */
export function readClasses(text: ClassesText): HardwareClass[] {
  return Object.entries(text).map(([name, written]) => {
    return { name, groups: written?.groups ?? [], detect: written?.detect ?? null };
  });
}

/** Adds the classes that are known before connecting: the server's own class, or the class of its groups. */
export function withClasses(servers: readonly Server[], classes: readonly HardwareClass[]): Server[] {
  const otherwise = classes.some(({ detect }) => detect !== null) ? null : DEFAULT_CLASS;
  return servers.map((server) => {
    const hardwareClass = server.hardwareClass ?? classByGroups(server.groups, classes)?.name ?? otherwise;
    return { ...server, hardwareClass };
  });
}

/**
 * Reports classes and groups without servers.
 * @param expected names of classes with expectations
 * @param servers see {@link withClasses}
 */
export function classProblems(
  classes: readonly HardwareClass[],
  expected: readonly string[],
  servers: readonly Server[]
): Problem[] {
  const known = new Set(servers.flatMap(({ groups }) => groups));
  const given = new Set(servers.map(({ hardwareClass }) => hardwareClass));
  const isPossible = ({ name, detect }: Pick<HardwareClass, 'name' | 'detect'>): boolean =>
    given.has(name) || ((detect !== null || name === DEFAULT_CLASS) && given.has(null));

  const ofClasses = classes.flatMap((each): Problem[] => {
    const ofGroups = each.groups.flatMap((group, index): Problem[] => {
      const message = `no server is in the group ${quoted(group)}${didYouMean(group, known)}`;
      return known.has(group) ? [] : [{ path: ['classes', each.name, 'groups', index], message }];
    });
    if (ofGroups.length > 0 || isPossible(each)) return ofGroups;
    return [{ path: ['classes', each.name], message: `no server has this class: ${whyNone(each)}`, atKey: true }];
  });
  const words = [...classes.filter(isPossible).map(({ name }) => name), ...given].filter((name) => name !== null);
  const ofExpect = expected.flatMap((name): Problem[] => {
    // Each class is reported once.
    if (classes.some((each) => each.name === name) || isPossible({ name, detect: null })) return [];
    const why = name === DEFAULT_CLASS ? ': every server has another class' : didYouMean(name, words);
    return [{ path: ['expect', name], message: `no server has this class${why}`, atKey: true }];
  });
  return [...ofClasses, ...ofExpect];
}

function whyNone({ groups, detect }: HardwareClass): string {
  if (detect !== null) return 'every server has a class already, by its own class or its groups';
  if (groups.length > 0) return 'the servers in its groups have a class of their own, or match a class above it';
  return 'add groups or detect, or name it as the class of a server';
}
