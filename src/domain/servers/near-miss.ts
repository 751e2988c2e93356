import type { RowError } from '../failures/failure.ts';
import { compareWith, type Comparison, type Detection } from './detection.ts';
import type { MachineFacts } from './machine.ts';

/** The class that a machine nearly matches, and the error for its row. */
export interface NearMiss {
  name: string;
  error: RowError;
}

/**
 * A machine that has the models of a class but less than it asks for may have lost a part: it must not pass as a machine of
 * another kind. Of several such classes, returns the one that it misses least. A class that names no model never counts,
 * since small machines are no large ones with something missing.
 * @param facts - of a machine that matches no class
 */
export function findNearMiss(
  facts: MachineFacts,
  classes: readonly { name: string; detect: Detection | null }[]
): NearMiss | null {
  const near = classes.flatMap(({ name, detect }) => {
    const compared = detect === null ? [] : compareWith(facts, detect);
    const isNear = compared.some(({ isModel }) => isModel) && compared.every(({ fit }) => fit !== 'differs');
    return isNear ? [{ name, below: compared.filter(({ fit }) => fit === 'below') }] : [];
  });
  const [closest] = near.sort((a, b) => missing(a.below) - missing(b.below));
  if (closest === undefined) return null;
  const { name, below } = closest;
  const lacks = below.map(({ text }) => text).join(' and ');
  const message = `it would be of class ${name}, but ${lacks}; if that is right, add a class that says so, or name its class in the inventory`;
  return { name, error: { type: 'DeviceMissing', message } };
}

function missing(below: readonly Comparison[]): number {
  return below.reduce((sum, { share }) => sum + 1 - share, 0);
}
