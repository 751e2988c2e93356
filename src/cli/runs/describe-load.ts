import type { ConfigurationSource } from '../../config/configuration-source.ts';
import type { Configuration } from '../../domain/plans/configuration.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { readFleetInput } from '../../inventory/selection/fleet-input.ts';
import { plural } from '../../reports/counts.ts';
import { configurationReader } from '../../worker/configuration.ts';

/**
 * `12 servers with cpu, gpu, at most 5 in parallel`: what a run would load. Refuses invalid input before anything is started,
 * as the worker would.
 * @throws Failure InvalidConfig, InvalidInput, UnknownServer
 */
export async function describeLoad(
  configuration: ConfigurationSource,
  input: FleetInput,
  say: (line: string) => void
): Promise<string> {
  return loadOf(input, await configurationReader(configuration, say)());
}

/** As {@link describeLoad}, of a configuration that was read. */
export function loadOf(input: FleetInput, configuration: Configuration): string {
  const { serverIds, skipped, benchmarks, maxParallel } = readFleetInput([input], configuration);
  return loadText(serverIds.length - Object.keys(skipped).length, benchmarks, maxParallel);
}

export function loadText(servers: number, benchmarks: readonly string[], maxParallel: number): string {
  return `${plural(servers, 'server')} with ${benchmarks.join(', ')}, at most ${maxParallel} in parallel`;
}
