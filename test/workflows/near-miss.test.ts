import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { ServerInput } from '../../src/domain/plans/plan.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { configurationOf } from '../support/configuration.ts';
import { scriptedSsh, withGpus } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let worker: TestWorker;
beforeAll(async () => {
  const [started, workflows] = await Promise.all([startTemporal(), bundle()]);
  temporal = started;
  const configured = configurationOf({ servers: ['gpu-1'] });
  const configuration = {
    ...configured,
    servers: new Map([['gpu-1', { ...configured.servers.get('gpu-1')!, hardwareClass: null }]]),
    classes: [{ name: 'h100x8', groups: [], detect: { gpuModel: '*H100*', gpus: { min: 8, max: 8 } } }],
    expect: { default: { 'cpu.score': { min: 1 } }, h100x8: { 'cpu.score': { min: 99 } } },
    requireExpectations: true,
  };
  const seven = Array.from({ length: 7 }, (_, n) => `gpu=0000:0${n}:00.0 0x10de 0x2330 0x030200 - NVIDIA H100`);
  const ssh = withGpus(
    scriptedSsh(() => 'score: 7'),
    seven
  );
  worker = await startWorker(temporal, workflows, createActivities({ configuration: async () => configuration, ssh }));
});
afterAll(async () => {
  await worker?.stop();
  await temporal?.teardown();
});

async function rowOf(input: Partial<ServerInput>): Promise<ServerRow> {
  const handle = await worker.start('benchmarkServer', [{ serverId: 'gpu-1', ...input }]);
  const error: unknown = await handle.result().then(
    (row: unknown) => row,
    (reason: unknown) => reason
  );
  if (!(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure)) return error as ServerRow;
  expect(error.cause.type).toBe('DeviceMissing');
  return error.cause.details![0] as ServerRow;
}

const nearMiss = {
  ...{ hardwareClass: 'h100x8', classBy: 'near miss', verdict: 'error' },
  error: {
    type: 'DeviceMissing',
    message:
      'it would be of class h100x8, but has 7 of 8 GPUs like *H100*; if that is right, add a class that says so, or name its class in the inventory',
  },
};

test.each([{}, { measureOnly: true }])(
  'a server that has lost one GPU of its class is measured, but not judged, and ends as an error: %j',
  async (input) => {
    const row = await rowOf(input);
    expect(row).toMatchObject(nearMiss);
    expect(row.benchmarks).toMatchObject([{ verdict: 'measured', measurements: [{ value: 7 }], shortfalls: [] }]);
  }
);

test('a check says the same of it', async () => {
  expect(await rowOf({ checkOnly: true })).toMatchObject(nearMiss);
});
