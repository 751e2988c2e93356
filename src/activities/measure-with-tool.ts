import { tools } from '../benchmarks/catalogue.ts';
import type { Tool } from '../benchmarks/tool.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../domain/plans/plan.ts';
import { jobAnswerMs } from '../domain/plans/time-limits.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { settingsOf } from './settings-of.ts';
import { takeSamples } from './take-samples.ts';
import type { Sample } from './take-samples.ts';

/** Takes the samples of a benchmark with the tool that the plan chose. @throws Failure as {@link takeSamples} */
export async function measureWithTool(
  dependencies: ActivityDependencies,
  request: BenchmarkRequest
): Promise<BenchmarkResult> {
  const configuration = await dependencies.configuration();
  const settings = settingsOf(request, configuration);
  const tool = toolOf(request);
  const command = tool.command(settings, request.machine);
  const { quiet } = configuration;
  const read = (job: JobResult): Sample => tool.parse(job, settings, request.machine);
  const answerMs = jobAnswerMs(configuration.ssh);
  const { loadsAllCpus } = tool;
  return takeSamples(dependencies.ssh, request, { settings, command, loadsAllCpus, quiet, answerMs, read });
}

function toolOf({ benchmark, tool: name }: BenchmarkRequest): Tool {
  const tool = tools.find((each) => each.name === name && each.benchmark === benchmark);
  if (tool === undefined) throw new Failure('ToolMissing', `this worker knows no tool ${name} for ${benchmark}`);
  return tool;
}
