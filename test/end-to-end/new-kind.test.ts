import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue, kindsOf, knownTools } from '../../src/benchmarks/catalogue.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { benchmarkListing, benchmarkListingText } from '../../src/reports/listings/benchmark-listing.ts';
import { textReport } from '../../src/reports/runs/text.ts';
import { createWorker, type FleetmarkWorker } from '../../src/worker/create-worker.ts';
import { silent } from '../support/silent.ts';
import { startTemporal } from '../support/temporal.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { dd, matmul } from './made-up-tools.ts';
import { readConfiguration } from '../support/read-configuration.ts';

const tools = [...catalogue, dd, matmul];

describe.skipIf(skipsWithout('dd'))(
  'with two made-up tools in the catalogue, over a real sshd and a real Temporal',
  () => {
    const taskQueue = randomUUID();
    let fleet: Fleet;
    let temporal: TestWorkflowEnvironment;
    let worker: FleetmarkWorker;
    let running: Promise<void>;
    beforeAll(async () => {
      [fleet, temporal] = await Promise.all([startFleet(1), startTemporal()]);
      const configuration = { file: fleet.file('fleetmark.yaml'), inventory: null };
      const wanted = { namespace: 'default', configuration, log: silent, taskQueue, tools };
      worker = await createWorker(temporal.nativeConnection, wanted);
      running = worker.run();
    });
    afterAll(async () => {
      worker?.shutdown();
      await running;
      await temporal?.teardown();
      await fleet?.stop();
    });

    async function run(expectations: Record<string, object>): Promise<FleetReport> {
      const ssh = { config: false };
      fleet.configure({ ssh, benchmarks: { disk: { samples: 2 }, tensor: {} }, expect: expectations });
      const options = { taskQueue, args: [], workflowId: randomUUID() };
      return (await temporal.client.workflow.execute('benchmarkFleet', options)) as FleetReport;
    }

    test('a new benchmark is measured by its own activity, judged and reported', async () => {
      const report = await run({ 'disk.write_mb_per_second': { min: '1 kB/s' } });
      const [row] = report.servers;
      const [disk, tensor] = row!.benchmarks;
      expect(disk).toMatchObject({ benchmark: 'disk', verdict: 'pass', tool: 'dd', error: null });
      expect(disk!.measurements).toMatchObject([{ metric: 'disk.write_mb_per_second', unit: 'MB/s', samples: 2 }]);
      expect(tensor).toMatchObject({ verdict: 'skip', error: { type: 'DeviceMissing', message: 'no GPU to measure' } });

      const text = textReport(report);
      expect(text).toMatch(/^web-1 pass disk\.write_mb_per_second [\d,.]+ MB\/s \(more than 1,000 % to spare\)$/m);
      expect(text).toContain('passed without tensor: 1');

      const { events } = await temporal.client.workflow.getHandle('server/web-1').fetchHistory();
      const activities = events!.flatMap(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []
      );
      expect(activities).toEqual(['benchmarkDisk']);
    });

    test('a shortfall fails, with value, limit and unit', async () => {
      const report = await run({ 'disk.write_mb_per_second': { min: '1000 TB/s' } });
      expect(report.failed).toEqual(['web-1']);
      expect(textReport(report)).toMatch(/^web-1 fail disk\.write_mb_per_second [\d,.]+ of >= 1,000,000,000 MB\/s/m);
    });

    test('an expected GPU metric on a server without GPUs is an error', async () => {
      const report = await run({ 'tensor.matmul_gflops': { min: 1 } });
      const [, tensor] = report.servers[0]!.benchmarks;
      expect(tensor).toMatchObject({ verdict: 'error', error: { type: 'ToolMissing' } });
    });

    test('it is listed, as configured and as available', async () => {
      await run({});
      const surroundings = { kinds: kindsOf(tools) };
      const { benchmarks } = await readConfiguration(fleet.file('fleetmark.yaml'), surroundings);
      const listing = benchmarkListingText(benchmarkListing(benchmarks, knownTools(tools)));
      expect(listing).toContain('disk 2 samples, each for at most 40s');
      expect(listing).toMatch(/^ {2}dd +disk\.write_mb_per_second, MB\/s, higher is better$/m);
      expect(listing).toMatch(/^cpu not configured$/m);
    });
  }
);
