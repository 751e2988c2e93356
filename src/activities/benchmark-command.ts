import { readPatterns } from '../benchmarks/user-command.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../domain/plans/plan.ts';
import { jobAnswerMs } from '../domain/plans/time-limits.ts';
import { matchAll } from './bounded-match.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { settingsOf } from './settings-of.ts';
import { takeSamples } from './take-samples.ts';

/** Runs a command of the user's own. It comes from the worker's configuration, never from a workflow. */
export function benchmarkCommand(
  dependencies: ActivityDependencies
): (request: BenchmarkRequest) => Promise<BenchmarkResult> {
  return async (request) => {
    const configuration = await dependencies.configuration();
    const settings = settingsOf(request, configuration);
    const { command } = settings;
    if (command === null) {
      throw new Failure(
        'InvalidConfig',
        `${configuration.file}: ${request.benchmark} has no command since the run began`
      );
    }
    return takeSamples(dependencies.ssh, request, {
      ...{ settings, command: command.command, quiet: configuration.quiet, answerMs: jobAnswerMs(configuration.ssh) },
      loadsAllCpus: command.loadsAllCpus,
      read: ({ stdout }) => ({ version: null, readings: readPatterns(command, stdout, matchAll) }),
    });
  };
}
