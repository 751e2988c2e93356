import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { forecast, planFleet } from '../../src/activities/plan-fleet.ts';
import { catalogue } from '../../src/benchmarks/catalogue.ts';
import type { Ssh } from '../../src/domain/jobs/job.ts';
import { sizeOf } from '../../src/domain/values/json-value.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';

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
