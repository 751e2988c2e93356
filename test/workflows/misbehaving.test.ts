import { ApplicationFailure } from '@temporalio/common';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { FleetPlan } from '../../src/domain/plans/plan.ts';
import { bundle, startTemporal, startWorker } from '../support/temporal.ts';

/** Terminates a child workflow that would otherwise stay open for ever. */
const serverTimeoutMs = 4_000;

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(async () => temporal?.teardown());

async function runFleet(module: string, serverIds: string[]): Promise<FleetReport> {
  const plan: FleetPlan = {
    ...{
      serverIds,
      maxParallel: 20,
      benchmarks: ['cpu'],
      note: null,
      measureOnly: false,
      evenIfBusy: false,
      serverTimeoutMs,
    },
  };
  const worker = await startWorker(temporal, await bundle(module), { planFleet: async () => plan });
  try {
    return (await (await worker.start('benchmarkFleet', [])).result()) as FleetReport;
  } finally {
    await worker.stop();
  }
}

test('a server whose workflow throws, hangs or returns an invalid row is one error row', async () => {
  const hanging = [
    'throws-error',
    'throws-string',
    'throws-undefined',
    'rejects-undefined',
    'returns-circle',
    'returns-bigint',
    'sleeps',
  ];
  const nonsense = ['returns-nothing', 'returns-text', 'returns-half-a-row', 'returns-another-row'];
  const report = await runFleet('test/workflows/misbehaving/index.ts', [...hanging, ...nonsense, 'fine']);
  const types = new Map(report.servers.map((row) => [row.serverId, row.error?.type]));
  expect(Object.fromEntries(types)).toEqual({
    ...Object.fromEntries(hanging.map((serverId) => [serverId, 'TimedOut'])),
    ...Object.fromEntries(nonsense.map((serverId) => [serverId, 'MalformedRow'])),
    fine: undefined,
  });
  expect(report.counts).toMatchObject({ error: hanging.length + nonsense.length, pass: 1 });
});

test('if workers lack the workflow of a server, the server gets an error row at its timeout', async () => {
  const report = await runFleet('src/workflows/benchmark-fleet.ts', ['lonely-1', 'lonely-2']);
  expect(report.servers.map((row) => row.error?.type)).toEqual(['TimedOut', 'TimedOut']);
});

test('any value thrown in our workflows ends the execution', async () => {
  const worker = await startWorker(temporal, await bundle('test/workflows/misbehaving/index.ts'), {});
  const failureOf = async (fault: string): Promise<unknown> => {
    const handle = await worker.start('endingWorkflow', [fault]);
    const error: unknown = await handle.result().catch((reason: unknown) => reason);
    return error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure && error.cause.type;
  };
  try {
    expect(await failureOf('throws-error')).toBe('TypeError');
    expect(await failureOf('throws-string')).toBe('Unknown');
    expect(await failureOf('throws-undefined')).toBe('Unknown');
    expect(await failureOf('rejects-undefined')).toBe('Unknown');
  } finally {
    await worker.stop();
  }
});
