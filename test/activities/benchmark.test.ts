import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities } from '../../src/activities/index.ts';
import type { BenchmarkSettings } from '../../src/domain/configuration.ts';
import type { JobResult } from '../../src/domain/job.ts';
import type { Gpu, Machine } from '../../src/domain/machine.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../../src/domain/plan.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';
import type { Script, ScriptedSsh } from '../support/scripted-ssh.ts';

const machine: Machine = {
  ...{ system: null, kernel: null, cpuModel: null, cpus: 2, memoryMib: null, gpus: [], packageManager: null },
  executables: ['sysbench', 'clpeak', 'clinfo'],
};

function fixture(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', path), 'utf8');
}

function activitiesFor(benchmarks: BenchmarkSettings[], script: Script): { activities: Activities; ssh: ScriptedSsh } {
  const configuration = configurationOf({ servers: ['web-1'], benchmarks });
  const ssh = scriptedSsh(script);
  return { activities: createActivities({ configuration: async () => configuration, ssh }), ssh };
}

function request(overrides: Partial<BenchmarkRequest>): BenchmarkRequest {
  return { serverId: 'web-1', benchmark: 'cpu', tool: 'sysbench', jobId: 'run.cpu.1', machine, ...overrides };
}

async function measure(
  activity: (request: BenchmarkRequest) => Promise<BenchmarkResult>,
  of: BenchmarkRequest
): Promise<BenchmarkResult> {
  return new MockActivityEnvironment().run(activity, of);
}

function toolSettings(benchmark: 'cpu' | 'gpu', overrides: Partial<BenchmarkSettings> = {}): BenchmarkSettings {
  return scoreBenchmark(benchmark, { command: null, samples: 3, ...overrides });
}

const sysbench = (eventsPerSecond: string): string =>
  fixture('sysbench/cpu-2-threads.txt').replace(/(events per second:\s+)\S+/, `$1${eventsPerSecond}`);

test('the median of the samples counts, and each sample is a job of its own', async () => {
  const outputs = ['100.5', '300.5', '200.5'].map(sysbench);
  const { activities, ssh } = activitiesFor([toolSettings('cpu')], () => outputs.shift()!);
  const result = await measure(activities.benchmarkCpu, request({}));
  expect(result.measurements).toMatchObject([
    { metric: 'cpu.events_per_second', value: 200.5, samples: [100.5, 300.5, 200.5], unit: 'events/s' },
  ]);
  expect(result).toMatchObject({ tool: 'sysbench', toolVersion: '1.0.20', error: null });
  expect(result.raw).toContain('events per second:');
  expect(ssh.jobs.map((job) => job.jobId)).toEqual(['run.cpu.1.1', 'run.cpu.1.2', 'run.cpu.1.3']);
});

test('a tool that crashes in one of its samples measured nothing', async () => {
  const results: Partial<JobResult>[] = [{ stdout: sysbench('100') }, { exitCode: 139, stdout: sysbench('100') }];
  const { activities } = activitiesFor([toolSettings('cpu')], () => results.shift()!);
  const failure: unknown = await measure(activities.benchmarkCpu, request({})).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'BenchmarkCrashed', nonRetryable: true });
});

test('it tells Temporal that it is alive before the server has answered', async () => {
  const beats: unknown[] = [];
  const environment = new MockActivityEnvironment();
  environment.on('heartbeat', (details: unknown) => beats.push(details));
  const { activities } = activitiesFor([toolSettings('cpu', { samples: 1 })], () => {
    expect(beats).toEqual([{ jobId: 'run.cpu.1.1', outputBytes: 0 }]);
    return sysbench('100');
  });
  await environment.run(activities.benchmarkCpu, request({}));
  expect(beats.length).toBeGreaterThan(0);
});

test('a GPU that the kernel shows and the tool does not measure is missing, beside the numbers of the others', async () => {
  const gpus: Gpu[] = ['0000:01:00.0', '0000:02:00.0'].map((address) => ({ address, vendor: 'nvidia' }));
  const settings = toolSettings('gpu', { samples: 1, openclCpuDevices: true });
  const { activities } = activitiesFor([settings], () => fixture('clpeak/pocl.txt'));
  const asked = request({ benchmark: 'gpu', tool: 'clpeak', machine: { ...machine, gpus } });
  const result = await measure(activities.benchmarkGpu, asked);
  expect(result.error).toEqual({ type: 'DeviceMissing', message: 'the kernel shows 2 GPUs, clpeak measured 1' });
  expect(result.measurements.map(({ metric }) => metric)).toContain('gpu.fp32_gflops');
});

test('a benchmark that the configuration lost since the run began is told so', async () => {
  const { activities } = activitiesFor([toolSettings('cpu')], () => '');
  const failure: unknown = await measure(
    activities.benchmarkCommand,
    request({ benchmark: 'burn', tool: 'command' })
  ).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ type: 'InvalidConfig' });
});
