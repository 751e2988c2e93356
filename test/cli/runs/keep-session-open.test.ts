import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { waitForOtherRuns } from '../../../src/cli/runs/keep-session-open.ts';

/** An embedded Temporal that lists these runs as unfinished; each one ends as soon as its result is awaited. */
function listing(...runs: string[]): { said: string[]; stay: (over: string) => Promise<number | null> } {
  const said: string[] = [];
  const workflow = {
    list: async function* () {
      for (const workflowId of runs) yield { workflowId, startTime: new Date() };
    },
    getHandle: () => ({ result: async () => undefined }),
  };
  const session = { own: true, client: { workflow } as unknown as Client, lost: new Promise<never>(() => {}) };
  return { said, stay: (over) => waitForOtherRuns(session, over, (line) => said.push(line)) };
}

test('the run that has just ended is not another run, although Temporal still lists it', async () => {
  const { said, stay } = listing('ours');
  expect(await stay('ours')).toBeNull();
  expect(said).toEqual([]);
});

test('runs of other processes are named and waited for', async () => {
  const { said, stay } = listing('ours', 'theirs');
  expect(await stay('ours')).toBeNull();
  expect(said).toEqual(['Waiting for theirs, started here by another fleetmark. Press Ctrl-C to leave.']);
});
