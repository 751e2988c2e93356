import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import type { ToolMetric } from '../../src/domain/measurements/measurement.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { readConfiguration } from '../../src/config/read-configuration.ts';
import type { Surroundings } from '../../src/source/surroundings.ts';

/** A folder with these files, until the test ends. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleetmark-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function knownMetrics(benchmark: string): ToolMetric[] {
  const names: Record<string, string[]> = {
    ...{ cpu: ['events_per_second', 'sha256_bytes_per_second'], gpu: ['fp32_gflops', 'devices'] },
  };
  const units: Record<string, string> = { events_per_second: 'events/s', fp32_gflops: 'GFLOPS', devices: 'devices' };
  const tools: Record<string, string> = { events_per_second: 'sysbench', sha256_bytes_per_second: 'openssl' };
  return (names[benchmark] ?? []).map((name) => {
    const about = { unit: units[name] ?? 'x', better: 'higher', tool: tools[name] ?? 'clpeak' } as const;
    return { metric: `${benchmark}.${name}`, ...about };
  });
}

/** Nothing of the machine that the tests run on. */
export const surroundings = {
  knownMetrics,
  home: '/nonexistent/home',
  env: { SSH_AUTH_SOCK: '/run/agent.sock' },
  currentUser: 'me',
} satisfies Surroundings;

export async function read(
  text: string | Uint8Array,
  { files = {}, ...changed }: Partial<Surroundings> & { files?: Record<string, string> } = {}
): Promise<Configuration> {
  const folder = folderWith({ ...files, 'fleetmark.yaml': text });
  return readConfiguration(join(folder, 'fleetmark.yaml'), { ...surroundings, ...changed });
}

/** The lines of the refusal, without the folder. */
export async function problems(...args: Parameters<typeof read>): Promise<string[]> {
  const failure: unknown = await read(...args).then(
    () => new Error('it was accepted'),
    (error: unknown) => error
  );
  if (!(failure instanceof Failure) || failure.kind !== 'InvalidConfig')
    throw new Error('no refusal', { cause: failure });
  return failure.message.replaceAll(/\/\S*fleetmark-config-[^/]*\//g, '').split('\n');
}
