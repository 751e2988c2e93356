import { kindsOf } from '../benchmarks/catalogue.ts';
import { DEVICE_VARIABLES } from '../benchmarks/machine.ts';
import type { Tool, ToolReadings } from '../benchmarks/tool.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { KeptOutput } from '../domain/jobs/output-limit.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { BenchmarkSettings, Configuration, UserCommand } from '../domain/plans/configuration.ts';
import type { ExitRules } from '../domain/plans/command-output.ts';
import { COMMAND, type BenchmarkRequest } from '../domain/plans/plan.ts';
import type { Machine } from '../domain/servers/machine.ts';
import { DeviceNumbers } from '../outputs/device-numbers.ts';
import { filesOf, readCommand } from '../outputs/read-command.ts';
import { withResultFiles } from '../outputs/result-files.ts';
import { matchPattern, withinTime } from '../outputs/bounded-match.ts';

const STATUS_OF_TOOLS: ExitRules = { meanings: {}, others: 'error' };

/** The program that measures a benchmark on a machine: a tool, or a user-defined command. */
export interface Program extends Pick<Tool, 'loadsAllCpus' | 'needsGpus'> {
  /** The name for messages. */
  name: string;
  /** A POSIX shell command; each execution is a sample. */
  command: string;
  /** Whether the GPU state is read as evidence, which takes nvidia-smi a while. */
  usesGpus: boolean;
  /** The result files that follow its standard output. */
  files: readonly string[];
  /** What is kept of a long output; undefined: it must not be long. */
  keep?: KeptOutput;
  /** What an exit status means. */
  exit: ExitRules;
  /** @throws Failure UnreadableOutput */
  read: (result: JobResult) => ToolReadings;
}

/** The settings of the requested benchmark: the configuration may have changed since the plan was made. */
export function settingsOf(
  { benchmark, tool }: BenchmarkRequest,
  { file, benchmarks }: Configuration
): BenchmarkSettings {
  const settings = benchmarks.find((each) => each.benchmark === benchmark);
  if (settings === undefined)
    throw new Failure('InvalidConfig', `${file}: the benchmark ${benchmark} was removed after the run began`);
  if (tool === COMMAND && settings.command === null)
    throw new Failure(
      'InvalidConfig',
      `${file}: ${benchmark} has no command any more; it was removed after the run began`
    );
  return settings;
}

/** The command comes from the worker's configuration, never from a workflow. */
export function programOf(request: BenchmarkRequest, settings: BenchmarkSettings, tools: readonly Tool[]): Program {
  const { benchmark, tool: name, machine } = request;
  if (name === COMMAND) return commandOf(benchmark, settings.command!, { tools, machine });
  const tool = tools.find((each) => each.name === name && each.benchmark === benchmark);
  if (tool === undefined)
    throw new Failure('ToolMissing', `this worker has no tool ${name} for ${benchmark}; it may have another version`);
  const { loadsAllCpus, needsGpus } = tool;
  const command = tool.command(settings, machine);
  const about = { name, command, loadsAllCpus, needsGpus, usesGpus: needsGpus };
  return { ...about, files: [], exit: STATUS_OF_TOOLS, read: (result) => tool.parse(result, settings, machine) };
}

function commandOf(
  benchmark: string,
  command: UserCommand,
  { tools, machine }: { tools: readonly Tool[]; machine: Machine }
): Program {
  // A command that replaces tools without a GPU does not use one; any other command may.
  const kind = kindsOf(tools).find((each) => each.benchmark === benchmark);
  const files = filesOf(command.output.metrics);
  const hidesDevices = [
    ...(machine.hidesDevices ?? []),
    ...DEVICE_VARIABLES.filter((name) => command.command.includes(name)),
  ];
  const numbers = { gpus: machine.gpus, hidesDevices, firstGpu: command.output.firstGpu };
  return {
    name: `the command of ${benchmark}`,
    command: withResultFiles(command.command, files),
    files,
    loadsAllCpus: command.loadsAllCpus,
    needsGpus: false,
    usesGpus: kind?.needsGpus ?? true,
    exit: command.output.exit,
    ...(command.output.keep !== null && { keep: command.output.keep }),
    read: (result) => {
      const isComplete = result.exitCode === 0 && !result.truncated;
      // Of each sample anew: a GPU may be lost between two.
      const reader = { match: matchPattern, limit: withinTime, devices: new DeviceNumbers(numbers) };
      return { version: null, ...readCommand(command.output, { ...result, isComplete }, reader) };
    },
  };
}
