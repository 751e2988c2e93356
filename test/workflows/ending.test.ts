import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { scriptedHost, scriptedSsh, type Script, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

/** The activities of a worker of another version: these functions change the results of ours. */
type Changes = { [Name in keyof Activities]?: Change | undefined };
type Change = (result: Record<string, unknown>) => unknown;

interface Ended {
  row: ServerRow;
  ssh: ScriptedSsh;
  /** The servers that were released, each once. */
  released: { prefix: string; unresponsive?: boolean }[];
}

/** Runs the workflow of a server with two benchmarks. */
async function endOf(serverId: string, script: Script, changes: Changes = {}): Promise<Ended> {
  const ssh = scriptedSsh(script);
  const benchmarks = [scoreBenchmark('cpu'), scoreBenchmark('burn')];
  const configuration = configurationOf({ servers: [serverId], benchmarks });
  const ours = createActivities({ configuration: async () => configuration, ssh });
  const released: Ended['released'] = [];
  const changed = Object.entries(ours).map(([name, activity]) => {
    const change = changes[name as keyof Activities];
    const run = async (input: never): Promise<unknown> => {
      if (name === 'releaseServer') released.push(input);
      const result: unknown = await (activity as (input: never) => Promise<unknown>)(input);
      return change === undefined ? result : change(result as Record<string, unknown>);
    };
    return [name, run];
  });
  const worker = await startWorker(temporal, workflowBundle, Object.fromEntries(changed) as Activities);
  try {
    const handle = await worker.start('benchmarkServer', [{ serverId }], `server/${serverId}`);
    const row = await handle.result().catch((error: unknown) => {
      if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
        return error.cause.details?.[0];
      }
      throw error;
    });
    return { row: row as ServerRow, ssh, released };
  } finally {
    await worker.stop();
  }
}

const scores: Script = () => 'score: 7';
const half = (result: Record<string, unknown>): unknown => ({ tool: result['tool'] });
const isError = { verdict: 'error', error: { type: 'MalformedResult' } };

describe('an invalid result of a worker of another version is in the row, and the server is released', () => {
  test.each<[string, Change]>([
    ['nothing', () => undefined],
    ['half a result', half],
    ['invalid measurements', (result) => ({ ...result, measurements: [{ metric: 'cpu.score' }] })],
    [
      'samples that are not numbers',
      (result) => {
        const [measurement] = result['measurements'] as object[];
        return { ...result, measurements: [{ ...measurement, samples: '7' }] };
      },
    ],
    ['invalid evidence', (result) => ({ ...result, evidence: [7] })],
    ['an invalid error', (result) => ({ ...result, error: 'DeviceMissing' })],
  ])('of a benchmark: %s', async (what, change) => {
    const serverId = `result-${what.replaceAll(' ', '-')}`;
    const { row, released } = await endOf(serverId, scores, { benchmarkCommand: change });
    expect(row).toMatchObject({ ...isError, benchmarks: [isError, isError] });
    expect(row.benchmarks[0]?.error?.message).toContain('an invalid result of a benchmark');
    expect(released).toHaveLength(1);
  });

  test.each<[string, Change, number]>([
    ['nothing', () => undefined, 0],
    ['a plan without benchmarks, but with a folder', (plan) => ({ ...plan, benchmarks: undefined }), 1],
    ['a machine without processors', (plan) => ({ ...plan, machine: {} }), 1],
    [
      'an activity that measures nothing',
      (plan) => {
        const [first] = plan['benchmarks'] as { step: object }[];
        return { ...plan, benchmarks: [{ ...first, step: { ...first!.step, activity: 'releaseServer' } }] };
      },
      1,
    ],
    ['the plan of another server', (plan) => ({ ...plan, serverId: 'web-8' }), 1],
  ])('of the preparation: %s', async (what, change, releases) => {
    const { row, ssh, released } = await endOf(`plan-${what.replaceAll(/\W+/g, '-')}`, scores, {
      prepareServer: change,
    });
    expect(row).toMatchObject({ ...isError, benchmarks: [] });
    expect(row.error?.message).toContain('an invalid result of the preparation of a server');
    expect(released).toHaveLength(releases);
    expect(ssh.started).toEqual([]);
  });

  test('of the release: the row keeps its verdict, and notes that leftovers are unknown', async () => {
    const { row } = await endOf('release-1', scores, { releaseServer: () => ({ left: 3 }) });
    expect(row.verdict).toBe('measured');
    expect(row.notes).toEqual([expect.stringMatching(/^leftover: unknown, its worker returned an invalid result/)]);
  });
});

test('a benchmark without an activity on the worker is an error at once; the others are measured', async () => {
  const { row } = await endOf('activity-1', scores, {
    prepareServer: (plan) => {
      const [first, ...others] = plan['benchmarks'] as { step: object }[];
      const disk = { ...first, step: { ...first!.step, activity: 'benchmarkDisk' } };
      return { ...plan, benchmarks: [disk, ...others] };
    },
  });
  expect(row).toMatchObject({ verdict: 'error', benchmarks: [{ verdict: 'error' }, { verdict: 'measured' }] });
  expect(row.benchmarks[0]?.error?.message).toContain('benchmarkDisk is not registered on this Worker');
});

test('a server that stops answering is not asked again, and its release is short', async () => {
  const { row, ssh, released } = await endOf('silent-1', () => {
    throw new Failure('ServerUnresponsive', 'it did not answer');
  });
  const error = { verdict: 'error', error: { type: 'ServerUnresponsive' } };
  expect(row).toMatchObject({ ...error, benchmarks: [error, error] });
  expect(row.benchmarks[1]?.error?.message).toBe('not started: the server did not answer in cpu');
  expect(ssh.started).toHaveLength(1);
  expect(released).toMatchObject([{ unresponsive: true, host: scriptedHost }]);
});
