import { chooseTool } from '../benchmarks/choose-tool.ts';
import { activityOf } from '../benchmarks/catalogue.ts';
import { summaryOf, type Tool } from '../benchmarks/tool.ts';
import type { RowError } from '../domain/failures/failure.ts';
import type { BenchmarkSettings, Configuration } from '../domain/plans/configuration.ts';
import { COMMAND, type BenchmarkPlan, type BenchmarkStep } from '../domain/plans/plan.ts';
import { benchmarkLimitMs } from '../domain/plans/time-limits.ts';
import { otherGpusNote, type Machine } from '../domain/servers/machine.ts';
import { expectationsOf, type Expectations } from '../domain/verdicts/expectation.ts';

/** A machine, and the tools that could measure it. */
interface On {
  machine: Machine;
  tools: readonly Tool[];
  ssh: Configuration['ssh'];
}

/** Plans a benchmark on a machine: its program and its expectations. */
export function planBenchmark(settings: BenchmarkSettings, expectations: Expectations, on: On): BenchmarkPlan {
  const { benchmark, samples, command } = settings;
  const expected = expectationsOf(expectations, benchmark);
  const timeoutMs = benchmarkLimitMs(settings, on.ssh);
  if (command === null) return { benchmark, expected, step: planTool(settings, expected, { ...on, timeoutMs }) };
  const summary = `${benchmark}: command${samples > 1 ? `, ${samples} times` : ''}`;
  return { benchmark, expected, step: { activity: activityOf(COMMAND), tool: COMMAND, summary, timeoutMs } };
}

function planTool(
  settings: BenchmarkSettings,
  expected: Expectations,
  { machine, tools, timeoutMs }: On & { timeoutMs: number }
): BenchmarkStep | RowError {
  const { benchmark } = settings;
  const lacksGpu = machine.gpus.length === 0 && !settings.openclCpuDevices && measuresGpus(settings, tools);
  if (lacksGpu && Object.keys(expected).length === 0) return { type: 'DeviceMissing', message: 'no GPU to measure' };
  const choice = chooseTool(tools, benchmark, expected, machine);
  if ('unavailable' in choice) return choice.unavailable;
  const summary = `${benchmark}: ${summaryOf(choice.tool, settings)}`;
  return { activity: activityOf(benchmark), tool: choice.tool.name, summary, timeoutMs };
}

/** Notes about GPUs that the GPU benchmarks do not measure. */
export function gpuNotes(chosen: readonly BenchmarkSettings[], { machine, tools }: Omit<On, 'ssh'>): string[] {
  const note = otherGpusNote(machine);
  if (note === null) return [];
  return chosen.filter((each) => measuresGpus(each, tools)).map(({ benchmark }) => `${benchmark}: ${note}`);
}

/** Whether its tools measure GPUs; false for a user-defined command, for which this is unknown. */
function measuresGpus({ benchmark, command }: BenchmarkSettings, tools: readonly Tool[]): boolean {
  return command === null && tools.some((tool) => tool.benchmark === benchmark && tool.needsGpus);
}
