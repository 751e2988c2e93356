import { playRound, type Fault } from './fault.ts';
import { canUnshare } from './faulty-server.ts';
import { commandLineFaults } from './command-line-faults.ts';
import { endingFaults } from './ending-faults.ts';
import { jobFaults } from './job-faults.ts';
import { startLane, type Lane } from './lane.ts';
import { nameFaults } from './name-faults.ts';
import { networkFaults } from './network-faults.ts';
import type { Outcome } from './outcome.ts';
import { processFaults } from './process-faults.ts';
import { randomOf } from './random.ts';
import { storeFaults } from './store-faults.ts';
import { postgresPrograms } from '../support/postgres.ts';

/** In the order of the table. */
export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...commandLineFaults,
  ...networkFaults,
  ...nameFaults,
  ...jobFaults,
  ...endingFaults,
  ...storeFaults,
];

/** The faults that can be played on this machine. */
export const faults = allFaults.filter(
  ({ needsUnshare, needsPostgres }) => (canUnshare || !needsUnshare) && (postgresPrograms !== null || !needsPostgres)
);

export interface Play {
  faults: readonly Fault[];
  rounds: number;
  seed: number;
  /** The number of rounds in parallel, each with its own Temporal, workers and servers. */
  lanes: number;
  tell: (line: string) => void;
}

export interface Played {
  rounds: { fault: Fault; outcome: Outcome; seconds: number }[];
  /** Processes that still run, and records that arrived, after the end. */
  afterwards: string[];
}

/** Plays all rounds of all faults. The seed decides each moment and each target, for any number of lanes. */
export async function playAll({ faults, rounds, seed, lanes, tell }: Play): Promise<Played> {
  const queue = Array.from({ length: rounds }, (_, round) =>
    longestFirst(faults).map((fault) => ({ fault, round }))
  ).flat();
  const played: Played = { rounds: [], afterwards: [] };
  const all = Math.min(lanes, queue.length);
  await Promise.all(
    Array.from({ length: all }, async (_, number) => {
      let lane = await startLane(number + 1);
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { fault, round } = next;
        const begin = performance.now();
        const outcome = await outcomeIn(lane, fault, seed, round);
        const seconds = (performance.now() - begin) / 1000;
        played.rounds.push({ fault, outcome, seconds });
        const complaints = outcome.complaints.map((complaint) => `\n  ${complaint}`).join('');
        tell(`${fault.name}, round ${round + 1}: ${seconds.toFixed(0)} s${complaints}`);
        if (outcome.complaints.length === 0) continue;
        // A failed round is recorded; the others continue.
        tell(`  kept: ${lane.folder}`);
        played.afterwards.push(...(await lane.stop('keep')));
        lane = await startLane(number + 1);
      }
      played.afterwards.push(...(await lane.stop()));
    })
  );
  return played;
}

async function outcomeIn(lane: Lane, fault: Fault, seed: number, round: number): Promise<Outcome> {
  try {
    return await playRound(fault, lane, randomOf(seed, fault.name, round), `${faults.indexOf(fault) + 1}-${round + 1}`);
  } catch (error) {
    const complaints = [(error as Error).message];
    return { started: 0, finishedOnce: 0, lost: 1, repeated: 0, leftBehind: 0, complaints };
  }
}

function longestFirst(faults: readonly Fault[]): Fault[] {
  return [...faults].sort((a, b) => b.seconds - a.seconds);
}
