import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { bundle, silenceWorkers } from '../support/temporal.ts';

/** Recorded with the workflows of earlier versions: 9 servers, at most 8 in parallel, or as few as show the change. */
const recorded = [
  ['before-kept-server-by-hand.json', 'by-hand'],
  ['before-kept-server-owner.json', 'server/web-2'],
  ['before-kept-place-fleet-measured.json', 'fleet-lent'],
  ['before-kept-place-server-measured.json', 'server/web-1'],
  ['before-login-fleet-measured.json', 'fleet-measured'],
  ['before-login-fleet-refused.json', 'fleet-refused'],
  ['before-places-fleet-measured.json', 'fleet-measured'],
  ['before-places-server-measured.json', 'server/web-1'],
  ['before-selection-fleet-measured.json', 'fleet-measured'],
  ['before-selection-fleet-refused.json', 'fleet-refused'],
  ['before-selection-server-measured.json', 'server/web-3'],
  ['before-selection-server-refused.json', 'server/web-3'],
  ['before-together-fleet-failed.json', 'fleet-together'],
] as const;

let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  silenceWorkers();
  workflowBundle = await bundle();
});

test.each(recorded)('%s replays: a run of an earlier version continues', async (file, workflowId) => {
  const history: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'histories', file), 'utf8'));
  await expect(Worker.runReplayHistory({ workflowBundle }, history, workflowId)).resolves.toBeUndefined();
});
