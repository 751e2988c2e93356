import type { BenchmarkSettings, Configuration } from '../domain/plans/configuration.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { BenchmarkRequest } from '../domain/plans/plan.ts';

/** The settings of the requested benchmark: the configuration may have changed since the plan was made. */
export function settingsOf({ benchmark }: BenchmarkRequest, { file, benchmarks }: Configuration): BenchmarkSettings {
  const settings = benchmarks.find((each) => each.benchmark === benchmark);
  if (settings === undefined)
    throw new Failure('InvalidConfig', `${file}: the benchmark ${benchmark} is gone since the run began`);
  return settings;
}
