import type { WorkflowHandle } from '@temporalio/client';
import type { Lane } from './lane.ts';
import { outcomeOf, type Expected, type Outcome } from './outcome.ts';
import type { Random } from './random.ts';
import { newRound, type Round, type Shape } from './round.ts';

/** A fault to play, such as a killed worker or a full disk. */
export interface Fault {
  name: string;
  /** Approximate duration of a round: long ones start first. */
  seconds: number;
  /** The required outcome. */
  expected: Expected;
  /** Needs root's permission to create mounts and networks. */
  needsUnshare?: true;
  /** Needs the programs of PostgreSQL. */
  needsPostgres?: true;
  /** Only `npm run faults` plays it. */
  takesMinutes?: true;
  /** The number of workers at the start of a round. */
  workers: number;
  shape(lane: Lane, random: Random): Shape;
  /** Plays a whole run. When it resolves, the fault has been repaired. */
  play(round: Round): Promise<Awaited<ReturnType<Round['reportOf']>>>;
}

export const unaffected: Expected = { text: '0 / 0 / 0' };

/** Three servers with two benchmarks of a few seconds each. */
export function usualShape({ servers }: Lane, random: Random): Shape {
  return { servers, benchmarks: { cpu: random.integer(2, 4), burn: random.integer(2, 4) } };
}

/** A fault that occurs at a random moment of a run and is over before the run ends. */
export function temporaryFault(
  name: string,
  inject: (round: Round, run: WorkflowHandle) => Promise<void>,
  more: Partial<Omit<Fault, 'name' | 'play'>> = {}
): Fault {
  return {
    name,
    ...{ seconds: 15, expected: unaffected, workers: 1, shape: usualShape },
    ...more,
    async play(round) {
      const run = await round.start();
      await round.randomMoment();
      await inject(round, run);
      return round.reportOf(run);
    },
  };
}

/** @param roundName - unique in the lane */
export async function playRound(fault: Fault, lane: Lane, random: Random, roundName: string): Promise<Outcome> {
  const round = newRound(lane, roundName, random, fault.shape(lane, random));
  await lane.repair(fault.workers);
  const outcome = outcomeOf(round, await fault.play(round), fault.expected);
  lane.judgedEntries.set(round.ledgerFile, round.ledger().length);
  return outcome;
}
