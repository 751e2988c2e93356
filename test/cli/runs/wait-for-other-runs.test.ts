import type { Client } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { waitForOtherRuns } from '../../../src/cli/runs/wait-for-other-runs.ts';

const never = new Promise<never>(() => {});

/** An embedded Temporal that lists these runs as unfinished; each one ends as soon as its result is awaited. */
function listing(...runs: string[]) {
  return lists(runs, runs);
}

/** It lists the first ones at first, then the second ones, and so on; the last ones again and again. */
function lists(...all: string[][]) {
  const said: string[] = [];
  let restarts = 0;
  const workflow = {
    list: async function* () {
      const runs = all.length > 1 ? all.shift()! : all[0]!;
      for (const workflowId of runs) yield { workflowId, startTime: new Date() };
    },
    getHandle: () => ({ result: async () => undefined }),
  };
  const client = { workflow, withDeadline: async (_: number, call: () => unknown) => call() } as unknown as Client;
  const stay = async (ownRun: string | null, signal: number | null = null, answers = client): Promise<number> => {
    const interrupts = { exitCode: () => signal, restart: () => void (restarts += 1) };
    await waitForOtherRuns({ client: answers, lost: never }, ownRun, interrupts, (line) => said.push(line));
    return restarts;
  };
  return { said, stay, client };
}

test('the run that has just ended is not another run, although Temporal still lists it', async () => {
  const { said, stay } = listing('ours');
  expect(await stay('ours')).toBe(0);
  expect(said).toEqual([]);
});

const waiting = 'Waiting for theirs, started here by another fleetmark. Press Ctrl-C to leave.';

describe('runs of other processes are waited for', () => {
  test.each([
    ['after our own run', null],
    ['after Ctrl-C, and the limit of its shutdown is lifted', 130],
  ])('%s', async (_when, signal) => {
    const { said, stay } = listing('ours', 'theirs');
    expect(await stay('ours', signal)).toBe(1);
    expect(said).toEqual([waiting]);
  });
});

test('a run that starts during the wait is waited for, too', async () => {
  const { said, stay } = lists(['theirs'], ['theirs', 'third'], ['third']);
  await stay('ours');
  expect(said).toEqual([waiting, waiting.replace('theirs', 'third')]);
});

test('others are waited for if our own run has not started: they have our worker', async () => {
  const { said, stay } = listing('theirs');
  expect(await stay(null)).toBe(1);
  expect(said).toEqual([waiting]);
});

describe('nothing is waited for', () => {
  test('after SIGTERM', async () => {
    const { said, stay } = listing('ours', 'theirs');
    expect(await stay('ours', 143)).toBe(0);
    expect(said).toEqual([]);
  });

  test('if Temporal does not answer', async () => {
    const { said, stay, client } = listing('ours', 'theirs');
    const dead = { ...client, withDeadline: () => Promise.reject(new Error('deadline')) } as unknown as Client;
    expect(await stay('ours', 130, dead)).toBe(0);
    expect(said).toEqual([]);
  });
});
