import type { Problem } from '../source/problem.ts';

/** A rule about several keys of one object: whether it is broken, where, and what to say. */
export type Rule = readonly [isBroken: boolean, path: readonly string[], message: string];

/** Broken rules about keys: `only applies to a command`. The position is that of the key. */
export function brokenKeyRules(rules: readonly Rule[]): Problem[] {
  return broken(rules).map((problem) => ({ ...problem, atKey: true }));
}

/** Broken rules about values: `must be in whole seconds`. The position is that of the value. */
export function brokenValueRules(rules: readonly Rule[]): Problem[] {
  return broken(rules);
}

function broken(rules: readonly Rule[]): Problem[] {
  return rules.filter(([isBroken]) => isBroken).map(([, path, message]) => ({ path, message }));
}
