import { MAX_SEED, seededRandom } from '../../domain/values/seeded-random.ts';

/** Whether a value is a valid sample: `5` servers, or `"10%"` of them. */
export function isSample(value: unknown): value is number | string {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0;
  return typeof value === 'string' && thousandthsOf(value) !== null;
}

/**
 * A random sample of the ids, in their order: the same for the same ids, size and seed. A percentage is rounded up; a
 * number above the number of ids selects all of them. Selection sampling: every subset of that size is equally likely
 * (Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm S).
 * @param sample valid, see {@link isSample}
 */
export function sampleServers(ids: readonly string[], sample: number | string, seed: number): string[] {
  const wanted = typeof sample === 'number' ? sample : Math.ceil((ids.length * (thousandthsOf(sample) ?? 0)) / 100_000);
  const random = seededRandom(seed);
  const chosen: string[] = [];
  for (const [index, id] of ids.entries()) {
    if (random() * (ids.length - index) < wanted - chosen.length) chosen.push(id);
  }
  return chosen;
}

/** Not a secret: `node:crypto` would take 3 ms of each start. */
export function drawSeed(): number {
  return Math.floor(Math.random() * (MAX_SEED + 1));
}

/** For a percentage above 0 and up to 100; otherwise null. Whole numbers, because 0.07 * 100 is more than 7. */
function thousandthsOf(percentage: string): number | null {
  const [, whole, part = ''] = /^(\d{1,3})(?:\.(\d{1,3}))?%$/.exec(percentage) ?? [];
  const thousandths = Number(whole) * 1000 + Number(part.padEnd(3, '0'));
  return thousandths > 0 && thousandths <= 100_000 ? thousandths : null;
}
