import type { WorkflowHandle } from '@temporalio/client';
import type { Lane } from './lane.ts';
import { outcomeOf } from './outcome.ts';
import type { Expected, Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import { newRound } from './round.ts';
import type { Round, Shape } from './round.ts';

/** A way in which the world breaks. */
export interface Fault {
  name: string;
  /** What a round takes, roughly: long ones begin first. */
  seconds: number;
  /** What must come of it. */
  expected: Expected;
  /** Root's rights to mounts and networks. */
  needsUnshare?: true;
  /** How many workers a round begins with. */
  workers: number;
  shape(lane: Lane, random: Random): Shape;
  /** From the start of a run to its end; all is well again when it resolves. */
  play(round: Round): Promise<Awaited<ReturnType<Round['reportOf']>>>;
}

export const undisturbed: Expected = { text: '0 / 0 / 0' };

/** Three servers, two benchmarks of some seconds each. */
export function usualShape({ servers }: Lane, random: Random): Shape {
  return { servers, benchmarks: { cpu: random.integer(2, 4), burn: random.integer(2, 4) } };
}

/** A fault that strikes a run at some moment, and is over before its end. */
export function striking(
  name: string,
  strike: (round: Round, run: WorkflowHandle) => Promise<void>,
  more: Partial<Omit<Fault, 'name' | 'play'>> = {}
): Fault {
  return {
    name,
    ...{ seconds: 15, expected: undisturbed, workers: 1, shape: usualShape },
    ...more,
    async play(round) {
      const run = await round.start();
      await round.someMoment();
      await strike(round, run);
      return round.reportOf(run);
    },
  };
}

/** @param roundName - unlike that of any other round of the lane */
export async function playRound(fault: Fault, lane: Lane, random: Random, roundName: string): Promise<Outcome> {
  const round = newRound(lane, roundName, random, fault.shape(lane, random));
  await lane.mend(fault.workers);
  const outcome = outcomeOf(round, await fault.play(round), fault.expected);
  lane.judged.set(round.ledgerFile, round.ledger().length);
  return outcome;
}
