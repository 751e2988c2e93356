import type { RowError } from '../domain/failures/failure.ts';
import { missingGpus } from '../domain/measurements/missing-gpus.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../domain/plans/plan.ts';
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
    const error: RowError | null = missingGpus(request.machine, result.devices ?? [], result.tool);
    return { ...result, error };
  };
}
