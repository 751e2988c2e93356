import type { RowError } from '../domain/failure.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../domain/plan.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { measureWithTool } from './measure-with-tool.ts';

/**
 * Measures each GPU with the tool that the plan chose. A GPU that the kernel shows and the tool does not is
 * `DeviceMissing`, beside the numbers of those that were measured.
 */
export function benchmarkGpu(
  dependencies: ActivityDependencies
): (request: BenchmarkRequest) => Promise<BenchmarkResult> {
  return async (request) => {
    const result = await measureWithTool(dependencies, request);
    return { ...result, error: missingDevices(result, request) };
  };
}

function missingDevices({ measurements, tool }: BenchmarkResult, { machine }: BenchmarkRequest): RowError | null {
  const devices = new Set(measurements.flatMap(({ device }) => device ?? []));
  const shown = machine.gpus.length;
  if (devices.size > 0 && devices.size >= shown) return null;
  const message =
    shown === 0 ? `no GPU: ${tool} found none` : `the kernel shows ${shown} GPUs, ${tool} measured ${devices.size}`;
  return { type: 'DeviceMissing', message };
}
