import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { forecast, planFleet } from '../../src/activities/plan-fleet.ts';
import { catalogue } from '../../src/benchmarks/catalogue.ts';
import type { Ssh } from '../../src/domain/jobs/job.ts';
import type { FleetPlan } from '../../src/domain/plans/plan.ts';
import { sizeOf } from '../../src/domain/values/json-value.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';

const HOUR_MS = 60 * 60 * 1000;
const MAX_BYTES = 2 * 1024 * 1024; // maximum size, in bytes, of the result that a workflow passes on

async function planned(count: number) {
  const servers = Array.from({ length: count }, (_, index) => `a-rather-long-name-of-a-server-${index}`);
  const settings = configurationOf({ servers, benchmarks: [scoreBenchmark('burn')] });
  return forecast({ configuration: async () => settings, ssh: {} as Ssh, tools: catalogue, results: null })([]);
}

test('the forecast of a run names its servers', async () => {
  expect(await planned(3)).toMatchObject({ requested: 3, servers: { length: 3 }, serversLeftOut: 0 });
});

test('names that do not fit into the result are left out and counted', async () => {
  const forecast = await planned(30_000);
  expect(forecast).toMatchObject({ requested: 30_000, servers: [], serversLeftOut: 30_000 });
  expect(sizeOf(forecast)).toBeLessThan(MAX_BYTES);
});

test('the start of a run looks at the configuration as it is now', async () => {
  const ages: (number | undefined)[] = [];
  const configuration = async (maxAgeMs?: number) => {
    ages.push(maxAgeMs);
    return configurationOf({ servers: ['web-1'], benchmarks: [scoreBenchmark('burn')] });
  };
  const dependencies = { configuration, ssh: {} as Ssh, tools: catalogue, results: null };
  await new MockActivityEnvironment().run(planFleet(dependencies), []);
  await forecast(dependencies)([]);
  expect(ages).toEqual([0, 0]);
});

test('half the time of a server is enough for the benchmarks of the server that has its place', async () => {
  const burn = scoreBenchmark('burn', { samples: 3, timeoutMs: 24 * HOUR_MS });
  const configuration = async () => configurationOf({ servers: ['web-1'], benchmarks: [burn] });
  const dependencies = { configuration, ssh: {} as Ssh, tools: catalogue, results: null };
  const plan: FleetPlan = await new MockActivityEnvironment().run(planFleet(dependencies), []);
  expect(plan.serverTimeoutMs / 2).toBe((3 + 1) * 24 * HOUR_MS);
});
