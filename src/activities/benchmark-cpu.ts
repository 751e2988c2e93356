import type { BenchmarkRequest, BenchmarkResult } from '../domain/plan.ts';
import type { ActivityDependencies } from './index.ts';
import { settingsOf, toolOf } from './requested.ts';
import { takeSamples } from './take-samples.ts';

/** Measures the CPUs with the tool that the plan chose, all threads at once, in wall-clock time. */
export function benchmarkCpu(
  dependencies: ActivityDependencies
): (request: BenchmarkRequest) => Promise<BenchmarkResult> {
  return async (request) => {
    const configuration = await dependencies.configuration();
    const settings = settingsOf(request, configuration);
    const tool = toolOf(request);
    const command = tool.command(settings, request.machine);
    return takeSamples(dependencies, request, settings, configuration, command, (result) =>
      tool.parse(result, settings)
    );
  };
}
