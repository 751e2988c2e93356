import { z } from 'zod';
import type { BenchmarkKind } from '../../domain/measurements/known-tool.ts';
import { formatDuration } from '../../source/duration.ts';
import { duration, line } from './schema-values.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'is not a valid name: a-z, 0-9, "_" and "-", at most 40 characters' });

/** Keys that were valid once, and what to do instead. */
export const REMOVED_KEYS: ReadonlyMap<string, string> = new Map([
  ['openclCpuDevices', 'remove it, and set FLEETMARK_OPENCL_CPU_DEVICES=1 in the environment of the worker'],
]);

/** What runs. @param kinds the benchmarks that have tools */
export function benchmarksSchema(kinds: readonly BenchmarkKind[]) {
  const byDefault = kinds.filter((kind) => kind.byDefault).map((kind) => [kind.benchmark, null]);
  const known = kinds.map((kind) => kind.benchmark).join(', ');
  return z
    .record(name, benchmark(kinds).nullable())
    .default(Object.fromEntries(byDefault) as Record<string, null>)
    .describe(`What runs, in this order: ${known}, and commands under names of your own.`);
}

/** The benchmarks of GPUs. */
export function gpuKinds(kinds: readonly BenchmarkKind[]): string[] {
  return kinds.filter(({ needsGpus }) => needsGpus).map((kind) => kind.benchmark);
}

/** `60s; gpu 5m`: that of most kinds, then those that differ. */
function minTimeouts(kinds: readonly BenchmarkKind[]): string {
  const usual = Math.min(...kinds.map(({ minTimeoutMs }) => minTimeoutMs));
  const others = kinds.filter(({ minTimeoutMs }) => minTimeoutMs !== usual);
  return [
    formatDuration(usual),
    ...others.map((kind) => `${kind.benchmark} ${formatDuration(kind.minTimeoutMs)}`),
  ].join('; ');
}

const userMetric = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      'Regular expression that matches the output exactly once; its first group, else all of it, is the number.'
    ),
  unit: line(30).describe('As in `events/s`.'),
  better: z.enum(['higher', 'lower']).default('higher').describe('Which direction is good.'),
});

const gpuDevices = z
  .strictObject({
    vendor: z.exactOptional(z.enum(['nvidia', 'amd', 'intel'])).describe('Who made the GPU.'),
    model: z
      .exactOptional(line(100))
      .describe('Model, as `*A100*`; where nothing on the server names it, its PCI ids: `*10de:20b0`.'),
  })
  .refine((devices) => Object.keys(devices).length > 0, {
    error: 'must have a vendor or a model',
    when: ({ issues }) => issues.length === 0,
  });

const settings = {
  samples: z
    .exactOptional(z.int().min(1).max(100))
    .describe('How many times it is measured; the median counts. Default: 3, of a command 1.'),
  duration: z
    .exactOptional(duration(1000, 3_600_000))
    .describe('How long one sample takes, in whole seconds, of a tool that can be told. Default: 10s.'),
  command: z
    .exactOptional(
      z
        .string()
        .max(10_000)
        .refine((text) => text.trim() !== '', 'must not be empty')
        .refine((text) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text), 'must not contain control characters')
    )
    .describe('POSIX shell to run on the servers, in place of the tools.'),
  silence: z
    .exactOptional(duration(1000, 86_400_000))
    .describe('Each sample is killed when it writes nothing for this long. Default: it may be silent.'),
  metrics: z
    .exactOptional(z.record(name, userMetric))
    .describe('What the output of the command means: `score` of the benchmark `burn` is the metric `burn.score`.'),
  loadsAllCpus: z
    .exactOptional(z.boolean())
    .describe(
      'Of a command: it keeps all CPUs busy all the time, so that `quiet.unused` applies to it. Default: false.'
    ),
};

function benchmark(kinds: readonly BenchmarkKind[]) {
  return z.strictObject({
    ...settings,
    timeout: z
      .exactOptional(duration(1000, 86_400_000))
      .describe(
        `Each sample is killed after this long. Default: 4 times the duration, at least ${minTimeouts(kinds)}; a command 10m.`
      ),
    devices: z
      .exactOptional(gpuDevices)
      .describe(
        `Of ${gpuKinds(kinds).join(', ')}: which devices are measured; all criteria must match. Default: NVIDIA, AMD and Intel GPUs that are neither integrated into a processor nor the console of a server with other GPUs.`
      ),
  });
}
