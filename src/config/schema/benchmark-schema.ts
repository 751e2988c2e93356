import * as z from 'zod';
import type { BenchmarkKind } from '../../domain/measurements/known-tool.ts';
import { formatDuration } from '../../source/duration.ts';
import { benchmarkName, commandOutputKeys } from './command-schema.ts';
import { duration, line } from './schema-values.ts';

/** Keys that earlier versions accepted, and what to do instead. */
export const REMOVED_KEYS: ReadonlyMap<string, string> = new Map([
  ['openclCpuDevices', 'remove it, and set FLEETMARK_OPENCL_CPU_DEVICES=1 in the environment of the worker'],
]);

/** @param kinds benchmarks with built-in tools */
export function benchmarksSchema(kinds: readonly BenchmarkKind[]) {
  const byDefault = kinds.filter((kind) => kind.byDefault).map((kind) => [kind.benchmark, null]);
  const known = kinds.map((kind) => kind.benchmark).join(', ');
  return z
    .record(benchmarkName, benchmark(kinds).nullable())
    .default(Object.fromEntries(byDefault) as Record<string, null>)
    .describe(`What runs, in this order: ${known}, and commands with other names.`);
}

/** The benchmarks of GPUs. */
export function gpuKinds(kinds: readonly BenchmarkKind[]): string[] {
  return kinds.filter(({ needsGpus }) => needsGpus).map((kind) => kind.benchmark);
}

/** `60s; gpu 5m` */
function minTimeouts(kinds: readonly BenchmarkKind[]): string {
  const commonMinMs = Math.min(...kinds.map(({ minTimeoutMs }) => minTimeoutMs));
  const others = kinds.filter(({ minTimeoutMs }) => minTimeoutMs !== commonMinMs);
  const longer = others.map((kind) => `${kind.benchmark} ${formatDuration(kind.minTimeoutMs)}`);
  return [formatDuration(commonMinMs), ...longer].join('; ');
}

const gpuDevices = z
  .strictObject({
    vendor: z.enum(['nvidia', 'amd', 'intel']).exactOptional().describe('Vendor of the GPU.'),
    model: line(100).exactOptional().describe('Model, such as `*A100*`; PCI ids if it has no name: `*10de:20b0`.'),
  })
  .refine((devices) => Object.keys(devices).length > 0, {
    error: 'must have a vendor or a model',
    when: ({ issues }) => issues.length === 0,
  });

const command = z
  .string()
  .max(10_000)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .refine((text) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text), 'must not contain control characters');

function benchmark(kinds: readonly BenchmarkKind[]) {
  const timeouts = `4 times the duration, at least ${minTimeouts(kinds)}; a command 10m`;
  const devices =
    'NVIDIA, AMD and Intel GPUs that are neither integrated into a processor nor the console of a server with other GPUs';
  return z.strictObject({
    samples: z
      .int()
      .min(1)
      .max(100)
      .exactOptional()
      .describe('Number of samples; their median counts. Default: 3; a command 1.'),
    duration: duration(1000, 3_600_000)
      .exactOptional()
      .describe('Duration of one sample in whole seconds, if the tool has such an option. Default: 10s.'),
    command: command.exactOptional().describe('POSIX shell that runs on the servers in place of the tools.'),
    silence: duration(1000, 86_400_000)
      .exactOptional()
      .describe('Maximum time without output; then the sample is killed. Default: no limit.'),
    ...commandOutputKeys,
    loadsAllCpus: z
      .boolean()
      .exactOptional()
      .describe('The command keeps all CPUs busy all the time, so `quiet.unused` applies to it. Default: false.'),
    timeout: duration(1000, 86_400_000)
      .exactOptional()
      .describe(`Maximum time of one sample; then it is killed. Default: ${timeouts}.`),
    devices: gpuDevices
      .exactOptional()
      .describe(
        `For ${gpuKinds(kinds).join(', ')}: which devices are measured; all criteria must match. Default: ${devices}.`
      ),
  });
}
