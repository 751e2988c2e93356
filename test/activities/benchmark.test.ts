import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, onTestFinished, vi } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { BenchmarkSettings } from '../../src/domain/plans/configuration.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { JobFailure } from '../../src/domain/jobs/job-failure.ts';
import type { JobResult } from '../../src/domain/jobs/job.ts';
import { judge } from '../../src/domain/verdicts/judge.ts';
import type { Gpu, Machine } from '../../src/domain/servers/machine.ts';
import type { BenchmarkResult } from '../../src/domain/measurements/benchmark-result.ts';
import type { BenchmarkRequest } from '../../src/domain/plans/plan.ts';
import { allOff, configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { scriptedHost, scriptedSsh, type Script, type ScriptedSsh } from '../support/scripted-ssh.ts';

const machine: Machine = {
  ...{ system: null, kernel: null, cpuModel: null, cpus: 2, memoryMib: null, gpus: [], packageManager: null },
  executables: ['sysbench', 'clpeak', 'clinfo'],
};

function fixture(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', path), 'utf8');
}

function activitiesFor(
  benchmarks: BenchmarkSettings[],
  script: Script,
  quiet = allOff
): { activities: Activities; ssh: ScriptedSsh } {
  const configuration = configurationOf({ servers: ['web-1'], benchmarks, quiet });
  const ssh = scriptedSsh(script);
  return { activities: createActivities({ configuration: async () => configuration, ssh }), ssh };
}

function request(overrides: Partial<BenchmarkRequest>): BenchmarkRequest {
  return {
    serverId: 'web-1',
    benchmark: 'cpu',
    tool: 'sysbench',
    jobId: 'run.cpu.1',
    host: scriptedHost,
    machine,
    ...overrides,
  };
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

test('the median of the samples counts, and each sample is a separate job', async () => {
  const outputs = ['100.5', '300.5', '200.5'].map(sysbench);
  const { activities, ssh } = activitiesFor([toolSettings('cpu')], () => outputs.shift()!);
  const result = await measure(activities.benchmarkCpu!, request({}));
  expect(result.measurements).toMatchObject([
    { metric: 'cpu.events_per_second', value: 200.5, samples: [100.5, 300.5, 200.5], unit: 'events/s' },
  ]);
  expect(result).toMatchObject({ tool: 'sysbench', toolVersion: '1.0.20', error: null });
  expect(result.raw).toContain('events per second:');
  expect(ssh.started.map((job) => job.jobId)).toEqual(['run.cpu.1.1', 'run.cpu.1.2', 'run.cpu.1.3']);
});

/** The output of the command for the machine state, before and after; others used this many of 100 CPU ticks. */
function stateOutput(others: number, own = ''): string {
  const block = (user: number, idle: number): string =>
    `@@ fleetmark state @@\ncpu  ${user} 0 0 ${idle} 0 0 0 0 0 0\n${'0m0.0s 0m0.0s\n'.repeat(2)}@@ fleetmark state end @@\n`;
  return `${block(0, 0)}${own}\n${block(others, 100 - others)}`;
}

test('each sample has the machine state as evidence, which is not part of its output', async () => {
  const stderrs = [stateOutput(2, 'warming up'), 'no state', stateOutput(40)];
  const quiet = { ...allOff, otherLoad: 0.15 };
  const { activities } = activitiesFor(
    [toolSettings('cpu')],
    () => ({ stdout: sysbench('100'), stderr: stderrs.shift()! }),
    quiet
  );
  const result = await measure(activities.benchmarkCpu!, request({}));
  expect(result.evidence!.map((each) => each && [each.otherLoad, each.doubt])).toEqual([
    [0.02, null],
    null,
    [0.4, 'other programs used 40 % of all CPU time (limit 15 %)'],
  ]);
  expect(result.raw).toContain('warming up');
  expect(result.raw).not.toContain('fleetmark state');
});

test('the GPU state is read only for GPU benchmarks', async () => {
  const gpus: Gpu[] = [{ address: '0000:01:00.0', vendor: 'nvidia' }];
  const benchmarks = [toolSettings('cpu', { samples: 1 }), scoreBenchmark('burn')];
  const { activities, ssh } = activitiesFor(benchmarks, () => `score: 1\n${sysbench('100')}`);
  await measure(activities.benchmarkCpu!, request({ machine: { ...machine, gpus } }));
  const burn = { benchmark: 'burn', tool: 'command', jobId: 'run.burn.1' };
  await measure(activities.benchmarkCommand!, request({ ...burn, machine: { ...machine, gpus } }));
  await measure(activities.benchmarkCommand!, request({ ...burn, jobId: 'run.burn.2' }));
  expect(ssh.started.map(({ command }) => command.includes('nvidia-smi'))).toEqual([false, true, false]);
});

test('a tool that crashes in one sample has no measurement', async () => {
  const results: Partial<JobResult>[] = [{ stdout: sysbench('100') }, { exitCode: 139, stdout: sysbench('100') }];
  const { activities } = activitiesFor([toolSettings('cpu')], () => results.shift()!);
  const failure: unknown = await measure(activities.benchmarkCpu!, request({})).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'BenchmarkCrashed', nonRetryable: true });
});

test('a number in truncated output is not used', async () => {
  const script: Script = () => ({ stdout: 'score: 98', truncated: true });
  const { activities } = activitiesFor([scoreBenchmark('burn')], script);
  const asked = request({ benchmark: 'burn', tool: 'command' });
  const failure: unknown = await measure(activities.benchmarkCommand!, asked).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ type: 'UnreadableOutput' });
  expect((failure as Error).message).toMatch(
    /^the command of burn printed more than 256 KiB to .*: above this limit .* with "keep"/
  );
});

/** The output that a failed benchmark has kept. */
async function keptOf(benchmarks: BenchmarkSettings[], script: Script, of: Partial<BenchmarkRequest>): Promise<string> {
  const { activities } = activitiesFor(benchmarks, script);
  const activity = of.tool === 'command' ? activities.benchmarkCommand! : activities.benchmarkCpu!;
  const failure: unknown = await measure(activity, request(of)).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  const [details] = (failure as ApplicationFailure).details as [{ raw: string }];
  return details.raw;
}

const burn = { benchmark: 'burn', tool: 'command' };

test.each<[string, Partial<JobResult>]>([
  ['exits with another status', { exitCode: 3 }],
  ['exits with a status other than 0 after its number', { exitCode: 4, stdout: 'line 1\nscore: 80\n' }],
  ['is killed by a signal', { exitCode: null, signal: 'SIGKILL' }],
  ['prints too much', { truncated: true }],
])('the output of a command that %s is kept, without the machine state', async (_how, result) => {
  const stderr = stateOutput(2, 'Xid 79: GPU has fallen off the bus');
  const raw = await keptOf([scoreBenchmark('burn')], () => ({ stdout: 'line 1\n', stderr, ...result }), burn);
  expect(raw).toMatch(/^line 1\n/);
  expect(raw).toContain('Xid 79: GPU has fallen off the bus');
  expect(raw).not.toContain('fleetmark state');
  expect(raw.includes('not all of the output was kept')).toBe(result.truncated === true);
});

test('the output of a job that was killed is kept, after that of the samples before it', async () => {
  const [before] = stateOutput(0).split('\n\n');
  let sample = 0;
  const script: Script = () => {
    sample += 1;
    if (sample === 1) return 'score: 80\n';
    const late = new Failure('BenchmarkTimedOut', 'the command was still running after 60 s');
    throw new JobFailure(late, { stdout: 'line 1\n', stderr: `${before}\nstuck\n` });
  };
  expect(await keptOf([scoreBenchmark('burn', { samples: 2 })], script, burn)).toBe('score: 80\n\nline 1\n\nstuck\n');
});

test('the output of a tool that cannot be read is kept', async () => {
  expect(await keptOf([toolSettings('cpu')], () => 'sysbench of another kind', {})).toBe('sysbench of another kind');
});

test('of a long output of a failed command, head and tail are kept', async () => {
  const stdout = `head${'x'.repeat(200_000)}tail`;
  const raw = await keptOf([scoreBenchmark('burn')], () => ({ exitCode: 1, stdout }), burn);
  expect(raw).toMatch(/^head.*tail$/s);
  expect(raw.length).toBeLessThanOrEqual(16_000);
});

test('a failed command without output keeps none', async () => {
  const { activities } = activitiesFor([scoreBenchmark('burn')], () => ({ exitCode: 1 }));
  const failure: unknown = await measure(activities.benchmarkCommand!, request(burn)).catch(
    (reason: unknown) => reason
  );
  expect((failure as ApplicationFailure).details ?? []).toEqual([]);
});

test('its heartbeats tell where its job is, before the server has answered', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const heartbeats: unknown[] = [];
  const environment = new MockActivityEnvironment();
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  const { activities } = activitiesFor([toolSettings('cpu', { samples: 1 })], () => {
    vi.advanceTimersByTime(6_000);
    expect(heartbeats).toMatchObject([{ jobId: 'run.cpu.1.1', folder: scriptedHost.base, outputBytes: 0 }]);
    return sysbench('100');
  });
  await environment.run(activities.benchmarkCpu!, request({}));
  expect(heartbeats.length).toBeGreaterThan(0);
});

test('a GPU that the tool does not measure is missing; the others have numbers', async () => {
  const gpus: Gpu[] = ['0000:01:00.0', '0000:02:00.0'].map((address) => ({ address, vendor: 'nvidia' }));
  const settings = toolSettings('gpu', { samples: 1, openclCpuDevices: true });
  const { activities } = activitiesFor([settings], () => fixture('clpeak/pocl.txt'));
  const asked = request({ benchmark: 'gpu', tool: 'clpeak', machine: { ...machine, gpus } });
  const result = await measure(activities.benchmarkGpu!, asked);
  expect(result.error).toEqual({
    type: 'DeviceMissing',
    message: 'the kernel shows 2 GPUs, clpeak measured 0: 0000:01:00.0, 0000:02:00.0 (NVIDIA 10de) missing',
  });
  expect(result.measurements.map(({ metric }) => metric)).toContain('gpu.fp32_gflops');
});

test('a dead GPU of four fails with its address, although two platforms list the others', async () => {
  const gpus: Gpu[] = ['01', '41', '81', 'c1'].map((bus) => {
    return { address: `0000:${bus}:00.0`, vendor: 'nvidia', deviceId: '20b0' };
  });
  const { activities } = activitiesFor([toolSettings('gpu', { samples: 1 })], () => listedTwice());
  const asked = request({ benchmark: 'gpu', tool: 'clpeak', machine: { ...machine, gpus } });
  const row = judge('gpu', await measure(activities.benchmarkGpu!, asked), { 'gpu.devices': { min: 4 } });
  expect(row).toMatchObject({
    ...{ verdict: 'fail', reason: 'gpu.devices 3 of >= 4 devices (75 %)' },
    error: {
      type: 'DeviceMissing',
      message: 'the kernel shows 4 GPUs, clpeak measured 3: 0000:c1:00.0 (NVIDIA 10de:20b0) missing',
    },
    devices: ['01', '41', '81'].map((bus) => ({ address: `0000:${bus}:00.0` })),
  });
});

/** The output of clinfo and clpeak on the server of the case `gpu-listed-twice`. */
function listedTwice(): string {
  const [, version = '', peaks = ''] =
    /(clpeak version.*\n)[^]*?Device: .*\n([^]*)$/.exec(fixture('clpeak/pocl.txt')) ?? [];
  const devices = `  Device: NVIDIA A100-SXM4-40GB\n${peaks}\n`.repeat(3);
  const platforms = ['NVIDIA CUDA', 'Portable Computing Language'].map((name) => `Platform: ${name}\n${devices}`);
  return `${fixture('gpus/gpu-listed-twice/clinfo.json')}\n\n@@ fleetmark clpeak @@\n${version}\n${platforms.join('')}`;
}

test('an emulator among the devices is reported', async () => {
  const emulator = fixture('clpeak/pocl.txt').replace('CL_DEVICE_TYPE_CPU', 'CL_DEVICE_TYPE_ACCELERATOR');
  const { activities } = activitiesFor([toolSettings('gpu', { samples: 2 })], () => emulator);
  const result = await measure(activities.benchmarkGpu!, request({ benchmark: 'gpu', tool: 'clpeak' }));
  expect(result.notCounted).toEqual(['"pthread-skylake-avx512-AMD EPYC" of "Portable Computing Language"']);
  expect(result.error?.message).toBe('no GPU: clpeak found none');
});

test('a benchmark that was removed from the configuration after the start is an error', async () => {
  const { activities } = activitiesFor([toolSettings('cpu')], () => '');
  const failure: unknown = await measure(
    activities.benchmarkCommand!,
    request({ benchmark: 'burn', tool: 'command' })
  ).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ type: 'InvalidConfig' });
});

test('an attempt learns from the heartbeat of an earlier one that its job ran', async () => {
  const { activities, ssh } = activitiesFor([toolSettings('cpu', { samples: 2 })], () => sysbench('100'));
  const heartbeatDetails = { jobId: 'run.cpu.1.2', folder: '/x', outputBytes: 3, seconds: 4 };
  await new MockActivityEnvironment({ heartbeatDetails }).run(activities.benchmarkCpu!, request({}));
  expect(ssh.started.map(({ jobId, seen }) => [jobId, seen])).toEqual([
    ['run.cpu.1.1', false],
    ['run.cpu.1.2', true],
  ]);
});
