import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Results } from '../../src/domain/records/records.ts';
import { sampleEnd, sampleServer } from '../store/sample-records.ts';
import { configurationOf } from '../support/configuration.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store whose writes take as long as Temporal waits for a heartbeat. */
async function slowly<Result>(result: Result): Promise<Result> {
  vi.advanceTimersByTime(60_000);
  return result;
}

const results: Results = {
  isConfigured: async () => true,
  startRun: () => slowly(undefined),
  recordServer: () => slowly(undefined),
  recordRun: () => slowly([]),
  claimActions: () => slowly([]),
  readCalled: () => slowly(null),
};

const server = sampleServer('web-1');
const { recordServer, recordRun, claimActions } = createActivities({
  ...{ configuration: async () => configurationOf({ servers: ['web-1'] }), ssh: scriptedSsh(() => ''), results },
});

test.each<[string, () => Promise<unknown>]>([
  ['the rows of a run', () => recordRun(sampleEnd([server.row]))],
  ['a server', () => recordServer(server)],
  ['what actions do', () => claimActions({ run: server.run, temporalRunId: server.temporalRunId })],
])('a store that takes long to write %s is no lost worker', async (_what, activity) => {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 60_000 });
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (each: unknown) => heartbeats.push(each));
  await environment.run(activity);
  expect(heartbeats.length).toBeGreaterThan(2);
});
