import { beforeAll, describe, expect, test } from 'vitest';
import { skipsWithout } from '../end-to-end/fleet.ts';
import { allFaults, faults, playAll, type Played } from './play-all.ts';

const seed = 4;
const short = allFaults.filter(({ takesMinutes }) => !takesMinutes);

describe.skipIf(skipsWithout())('at a random moment of a run', () => {
  let played: Played;
  beforeAll(async () => {
    played = await playAll({
      faults: faults.filter((each) => short.includes(each)),
      rounds: 1,
      seed,
      lanes: 4,
      tell: (line) => console.error(line),
    });
  });

  describe.each(short)('$name', (fault) => {
    test.skipIf(!faults.includes(fault))(`has the outcome: ${fault.expected.text}`, () => {
      const [round] = played.rounds.filter((each) => each.fault === fault);
      expect(round?.outcome.complaints).toEqual([]);
      expect(round?.outcome.lost).toBe(0);
    });
  });

  test('afterwards nothing is running, and nothing starts late', () => {
    expect(played.afterwards).toEqual([]);
  });
});
