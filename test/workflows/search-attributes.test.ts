import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { serverWorkflowId } from '../../src/domain/servers/server.ts';
import type { Logger } from '../../src/logging/logger.ts';
import { registerSearchAttributes } from '../../src/worker/search-attributes.ts';
import { configurationOf } from '../support/configuration.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';
import { silent } from '../support/silent.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let worker: TestWorker;
let without: TestWorker;
beforeAll(async () => {
  temporal = await startTemporal();
  const servers = ['web-1', 'web-2', 'web-3'];
  const configuration = configurationOf({ servers, expect: { 'cpu.score': { min: 50 } } });
  const ssh = scriptedSsh(({ serverId }) => {
    if (serverId === 'web-3') return { exitCode: 1, stderr: 'no such device' };
    return `score: ${serverId === 'web-1' ? 12 : 80}`;
  });
  const code = await bundle();
  const activities = { configuration: async () => configuration, ssh };
  // Before they are registered, no workflow may set them.
  without = await startWorker(temporal, code, createActivities(activities));
  const searchAttributes = await registerSearchAttributes(temporal.nativeConnection, {
    namespace: 'default',
    log: silent,
  });
  const hasSearchAttributes = () => Promise.resolve(searchAttributes);
  worker = await startWorker(temporal, code, createActivities({ ...activities, hasSearchAttributes }));
});
afterAll(async () => {
  await worker?.stop();
  await without?.stop();
  await temporal?.teardown();
});

async function attributesOf(handle: WorkflowHandle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  const own = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Fleetmark'));
  return Object.fromEntries(own.map(({ key, value }) => [key.name, value]));
}

test('a run tells its verdict and how many servers failed, and its memo the note and the counts', async () => {
  const handle = await worker.start('benchmarkFleet', [{ note: 'nightly' }], 'searched');
  const report = (await handle.result()) as FleetReport;
  expect(await attributesOf(handle)).toEqual({
    FleetmarkRun: 'searched',
    FleetmarkVerdict: 'fail',
    FleetmarkFailed: 1,
    FleetmarkErrored: 1,
  });
  expect((await handle.describe()).memo).toEqual({ note: 'nightly', counts: report.counts });
});

test.each([
  ['web-1', 'fail'],
  ['web-2', 'pass'],
  ['web-3', 'error'],
])('%s tells its run, its class and its verdict: %s', async (serverId, verdict) => {
  expect(await attributesOf(temporal.client.workflow.getHandle(serverWorkflowId(serverId)))).toEqual({
    FleetmarkRun: 'searched',
    FleetmarkServer: serverId,
    FleetmarkClass: 'default',
    FleetmarkVerdict: verdict,
  });
});

test('a run of a worker that could not register them has none, and ends', async () => {
  const handle = await without.start('benchmarkFleet', [{}], 'unsearched');
  expect(((await handle.result()) as FleetReport).requested).toBe(3);
  expect(await attributesOf(handle)).toEqual({});
});

test('are registered once; where that fails, the log says so once', async () => {
  const warnings: unknown[] = [];
  const log = { ...silent, warn: (...line: unknown[]) => warnings.push(line) } as unknown as Logger;
  const register = (namespace: string): Promise<boolean> =>
    registerSearchAttributes(temporal.nativeConnection, { namespace, log });
  expect(await register('default')).toBe(true);
  expect(warnings).toEqual([]);
  expect(await register('unknown-namespace')).toBe(false);
  expect(warnings).toEqual([
    [
      expect.objectContaining({ namespace: 'unknown-namespace', attributes: expect.stringContaining('FleetmarkRun') }),
      expect.stringContaining('register them once'),
    ],
  ]);
});
