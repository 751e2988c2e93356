import { expect, test } from 'vitest';
import { MAX_SEED, seededRandom } from '../../../src/domain/values/seeded-random.ts';

// The output of the author's C function.
test.each([
  [0, [1144304738, 1416247, 958946056, 627933444]],
  [12345, [4207900869, 1317490944, 2079646450, 3513001552]],
  [MAX_SEED, [3850105811, 813802916, 3073704848, 4054706436]],
])('seed %d gives the numbers of mulberry32', (seed, numbers) => {
  const random = seededRandom(seed);
  expect(numbers.map(() => random() * 2 ** 32)).toEqual(numbers);
});
