import { tools } from '../benchmarks/catalogue.ts';
import type { Tool } from '../benchmarks/tool.ts';
import type { BenchmarkSettings, Configuration } from '../domain/configuration.ts';
import { Failure } from '../domain/failure.ts';
import type { BenchmarkRequest } from '../domain/plan.ts';

/** The settings of the requested benchmark: the configuration may have changed since the plan was made. */
export function settingsOf({ benchmark }: BenchmarkRequest, { file, benchmarks }: Configuration): BenchmarkSettings {
  const settings = benchmarks.find((each) => each.benchmark === benchmark);
  if (settings === undefined)
    throw new Failure('InvalidConfig', `${file}: the benchmark ${benchmark} is gone since the run began`);
  return settings;
}

export function toolOf({ benchmark, tool: name }: BenchmarkRequest): Tool {
  const tool = tools.find((each) => each.name === name && each.benchmark === benchmark);
  if (tool === undefined) throw new Failure('ToolMissing', `this worker knows no tool ${name} for ${benchmark}`);
  return tool;
}
