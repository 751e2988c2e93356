import type { BenchmarkRequest, BenchmarkResult } from '../domain/plans/plan.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { measureWithTool } from './measure-with-tool.ts';

/** Measures the CPUs with the tool that the plan chose, all threads at once, in wall-clock time. */
export function benchmarkCpu(
  dependencies: ActivityDependencies
): (request: BenchmarkRequest) => Promise<BenchmarkResult> {
  return (request) => measureWithTool(dependencies, request);
}
