/** Reads configurations, or the reasons why they are refused, without the settings of this machine. */
import { join } from 'node:path';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import type { BenchmarkKind } from '../../src/domain/measurements/known-tool.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { readConfigurationFiles } from '../../src/config/read-configuration.ts';
import type { Surroundings } from '../../src/source/surroundings.ts';
import { folderWith } from './temporary-folder.ts';

/** The names in the catalogue. */
const kinds: BenchmarkKind[] = [
  {
    benchmark: 'cpu',
    byDefault: true,
    needsGpus: false,
    minTimeoutMs: 60_000,
    metrics: [
      { metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher', tool: 'sysbench' },
      { metric: 'cpu.sha256_bytes_per_second', unit: 'x', better: 'higher', tool: 'openssl' },
    ],
  },
  {
    benchmark: 'gpu',
    byDefault: true,
    needsGpus: true,
    minTimeoutMs: 300_000,
    metrics: [
      { metric: 'gpu.fp32_gflops', unit: 'GFLOPS', better: 'higher', tool: 'clpeak' },
      { metric: 'gpu.devices', unit: 'devices', better: 'higher', tool: 'clpeak' },
    ],
  },
];

/** Hides the settings of the machine that runs the tests. */
export const surroundings = {
  kinds,
  home: '/nonexistent/home',
  env: { SSH_AUTH_SOCK: '/run/agent.sock' },
  user: 'me',
} satisfies Surroundings;

export async function readConfiguration(file: string, around: Surroundings): Promise<Configuration> {
  return (await readConfigurationFiles({ file, inventory: null }, around)).configuration;
}

export async function read(
  text: string | Uint8Array,
  { files = {}, ...changed }: Partial<Surroundings> & { files?: Record<string, string> } = {}
): Promise<Configuration> {
  const folder = folderWith({ ...files, 'fleetmark.yaml': text });
  return readConfiguration(join(folder, 'fleetmark.yaml'), { ...surroundings, ...changed });
}

export async function problems(...args: Parameters<typeof read>): Promise<string[]> {
  return problemsOf(read(...args));
}

/** The lines of the refusal, without the folder of {@link folderWith}. */
export async function problemsOf(reading: Promise<unknown>): Promise<string[]> {
  const failure: unknown = await reading.then(
    () => new Error('it was accepted'),
    (error: unknown) => error
  );
  if (!(failure instanceof Failure) || failure.kind !== 'InvalidConfig')
    throw new Error('no refusal', { cause: failure });
  return failure.message.replaceAll(/\/\S*\/files-\w{6}\//g, '').split('\n');
}

/** The problems of a benchmark `burn` with these keys, without their positions. */
export async function problemsOfBurn(keys: string): Promise<string[]> {
  const lines = await problems(`servers: { web-1: }\nbenchmarks: { burn: { command: x, ${keys} } }`);
  return lines.map((line) =>
    line.replace(/^fleetmark\.yaml:\d+:\d+: benchmarks\.burn\.(?:metrics\.score(?:\.|: ))?/, '')
  );
}
