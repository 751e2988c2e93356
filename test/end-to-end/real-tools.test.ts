import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { BenchmarkResult } from '../../src/domain/measurements/benchmark-result.ts';
import type { BenchmarkRow } from '../../src/domain/verdicts/server-row.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startUp, type Up } from './up.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cpu = { samples: 2, duration: '1s' };
const installedDrivers = '/etc/OpenCL/vendors';

describe.skipIf(skipsWithout('sysbench', 'openssl', 'clpeak', 'clinfo'))('on a real server', () => {
  let fleet: Fleet;
  let up: Up;
  /** The folder in which the server looks for OpenCL drivers; empty at first. */
  let drivers: string;
  beforeAll(async () => {
    drivers = temporaryFolder('drivers');
    // clpeak gives work to each thread: one thread needs two thirds of the time of two.
    fleet = await startFleet(1, [`SetEnv OCL_ICD_VENDORS=${drivers} POCL_MAX_PTHREAD_COUNT=1`]);
    fleet.configure({ benchmarks: { cpu } });
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  function rowOf(report: FleetReport, benchmark: string): BenchmarkRow {
    const [server] = report.servers;
    const row = server!.benchmarks.find((each) => each.benchmark === benchmark);
    if (row === undefined) throw new Error(`no ${benchmark}: ${JSON.stringify(server)}`);
    return row;
  }

  /** The result of a benchmark's activity in the last run. */
  async function activityResult(benchmark: string): Promise<Required<BenchmarkResult>> {
    const { events } = await up.client.workflow.getHandle('server/web-1').fetchHistory();
    const scheduled = events?.find((each) => each.activityTaskScheduledEventAttributes?.activityId === benchmark);
    const completed = events?.find(
      ({ activityTaskCompletedEventAttributes: done }) =>
        done?.scheduledEventId?.toString() === String(scheduled?.eventId)
    );
    const [payload] = completed?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
    return JSON.parse(Buffer.from(payload!.data!).toString('utf8')) as Required<BenchmarkResult>;
  }

  test('sysbench measures the CPU; without expectations the verdict is measured', async () => {
    fleet.configure({ benchmarks: { cpu } });
    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(3); // no expectations: the server was only measured
    expect(report.counts).toMatchObject({ measured: 1 });
    const row = rowOf(report, 'cpu');
    expect(row).toMatchObject({ verdict: 'measured', tool: 'sysbench', error: null, shortfalls: [] });
    expect(row.measurements).toMatchObject([
      { metric: 'cpu.events_per_second', device: null, unit: 'events/s', samples: 2 },
    ]);
    expect(row.measurements[0]!.value).toBeGreaterThan(10);
    expect(row.measurements[0]!.value).toBeLessThan(10_000_000);

    const { tool, toolVersion, measurements, raw } = await activityResult('cpu');
    expect({ tool, toolVersion }).toEqual({ tool: 'sysbench', toolVersion: expect.stringMatching(/^1\.\d+\.\d+/) });
    expect(measurements[0]!.samples).toHaveLength(2);
    expect(raw.match(/events per second:/g)).toHaveLength(2);
  });

  test('an expected metric of openssl selects openssl', async () => {
    fleet.configure({ benchmarks: { cpu }, expect: { 'cpu.sha256_mb_per_second': { min: 1 } } });
    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(0);
    const row = rowOf(report, 'cpu');
    expect(row).toMatchObject({ verdict: 'pass', tool: 'openssl', reason: null });
    expect(row.measurements).toMatchObject([{ metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', samples: 2 }]);
    expect(row.measurements[0]!.value).toBeGreaterThan(20);
    expect(row.measurements[0]!.value).toBeLessThan(10_000_000);
    expect(await activityResult('cpu')).toMatchObject({
      tool: 'openssl',
      toolVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test('an unreachable expectation is a failure with the measured value', async () => {
    fleet.configure({
      benchmarks: { cpu: { samples: 1, duration: '1s' } },
      expect: { 'cpu.events_per_second': { min: 1e12 } },
    });
    const { report, exitCode, stderr } = await fleet.run();
    expect(exitCode).toBe(1);
    expect(report.failed).toEqual(['web-1']);
    const { verdict, reason, shortfalls, measurements } = rowOf(report, 'cpu');
    expect({ verdict, shortfalls }).toEqual({
      verdict: 'fail',
      shortfalls: [
        {
          ...{ metric: 'cpu.events_per_second', device: null, unit: 'events/s' },
          ...{ measured: measurements[0]!.value, comparison: '>=', expected: 1e12 },
        },
      ],
    });
    expect(reason).toMatch(/^cpu\.events_per_second [\d,.]+ of >= 1,000,000,000,000 events\/s \([\d.]+ %\)$/);
    expect(stderr).toContain(`web-1 fail ${reason}`);
  });

  test('without a GPU and GPU expectations, the gpu benchmark is skipped', async () => {
    fleet.configure({ benchmarks: { gpu: {} } });
    const { report, exitCode } = await fleet.run();
    expect(rowOf(report, 'gpu')).toMatchObject({
      ...{ verdict: 'skip', tool: null, measurements: [] },
      error: { type: 'DeviceMissing', message: 'no GPU to measure' },
    });
    expect(report.counts).toMatchObject({ skip: 1 });
    expect(exitCode).toBe(3); // no expectations: the server was only measured
  });

  test('an expected GPU that is missing is an error, never a pass', async () => {
    fleet.configure({ benchmarks: { gpu: { samples: 1 } }, expect: { 'gpu.fp32_gflops': { min: 1 } } });
    const { report, exitCode } = await fleet.run();
    expect(rowOf(report, 'gpu')).toMatchObject({
      verdict: 'error',
      error: { type: 'DeviceMissing', message: 'no GPU: clpeak found none' },
    });
    expect(report).toMatchObject({ failed: [], errored: ['web-1'] });
    expect(exitCode).toBe(3);
  });

  test('clpeak measures each device, here a CPU instead of a GPU', async () => {
    await up.stop();
    up = await startUp(fleet, { FLEETMARK_OPENCL_CPU_DEVICES: '1' });
    for (const file of readdirSync(installedDrivers)) copyFileSync(join(installedDrivers, file), join(drivers, file));
    fleet.configure({
      benchmarks: { gpu: { samples: 1 } },
      expect: { 'gpu.devices': { min: 1 }, 'gpu.fp32_gflops': { min: 0.1 } },
    });
    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(0);
    const row = rowOf(report, 'gpu');
    expect(row).toMatchObject({ verdict: 'pass', tool: 'clpeak', error: null });
    const values = new Map(row.measurements.map(({ metric, device, value }) => [`${metric} ${device}`, value]));
    expect([...values.keys()]).toEqual(['gpu.devices null', 'gpu.fp32_gflops 0', 'gpu.memory_gb_per_second 0']);
    expect(values.get('gpu.devices null')).toBe(1);
    expect(values.get('gpu.fp32_gflops 0')).toBeLessThan(1_000_000);
    expect(values.get('gpu.memory_gb_per_second 0')).toBeGreaterThan(0.1);
    expect(values.get('gpu.memory_gb_per_second 0')).toBeLessThan(100_000);
    const { tool, toolVersion, raw } = await activityResult('gpu');
    expect({ tool, toolVersion }).toEqual({ tool: 'clpeak', toolVersion: expect.stringMatching(/^1\.1\./) });
    expect(raw).toContain('Single-precision compute (GFLOPS)');
  });
});
