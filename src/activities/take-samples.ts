import { splitMachineState, withMachineState } from '../benchmarks/machine-state.ts';
import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import { evidenceOf } from '../domain/measurements/evidence.ts';
import type { Evidence } from '../domain/measurements/evidence.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { DetachedJobRequest, JobResult, Ssh } from '../domain/jobs/job.ts';
import { killedBy } from '../domain/jobs/killed-by.ts';
import { combineDevices, summarize } from '../domain/measurements/measurement.ts';
import type { MeasuredDevice, Reading } from '../domain/measurements/measurement.ts';
import { tenths } from '../domain/values/numbers.ts';
import { tooMuchOutput } from '../domain/jobs/output-limit.ts';
import type { BenchmarkRequest, BenchmarkResult } from '../domain/plans/plan.ts';
import type { ProcessLimits } from '../domain/servers/process-limits.ts';
import type { QuietLimits } from '../domain/measurements/quiet-limits.ts';
import { printable } from '../domain/values/untrusted.ts';
import { rawOutput } from './raw-output.ts';
import { collectJob, followJob } from './run-in-activity.ts';

export interface Sample {
  version: string | null;
  readings: Reading[];
  devices?: MeasuredDevice[];
  notCounted?: string[];
}

/** How a benchmark is sampled. */
interface Sampling {
  settings: BenchmarkSettings;
  /** POSIX shell; each run of it is a sample. */
  command: string;
  /** Each run keeps all CPUs busy from its start to its end. */
  loadsAllCpus: boolean;
  /** What makes a short sample doubtful. */
  quiet: QuietLimits;
  /** To hear of the end of a sample beyond its own limit. */
  answerMs: number;
  read: (result: JobResult) => Sample;
}

/**
 * Runs a command as often as the settings say, each time as a job of its own, one after the other, and reads each
 * output. An attempt that comes later finds the jobs of earlier ones and repeats none. What the machine was doing
 * before and after each is the evidence for it.
 * @throws Failure BenchmarkCrashed where it exits with anything but 0, UnreadableOutput where `read` cannot
 */
export async function takeSamples(
  ssh: Ssh,
  request: BenchmarkRequest,
  { settings, command, loadsAllCpus, quiet, answerMs, read }: Sampling
): Promise<BenchmarkResult> {
  const { serverId, target, host, jobId, tool, machine } = request;
  const results: JobResult[] = [];
  const samples: Sample[] = [];
  const evidence: (Evidence | null)[] = [];
  const watched = withMachineState(command, { gpus: readsGpuState(request) });
  while (samples.length < settings.samples) {
    const nth = `${jobId}.${samples.length + 1}`;
    const job = { serverId, target, host, jobId: nth, command: watched, ...limitsOf(settings) };
    const { stderr: told, ...ended } = await (request.collect
      ? collectJob(ssh, job, answerMs)
      : followJob(ssh, job, answerMs));
    const { stderr, states } = splitMachineState(told);
    const result = { ...ended, stderr };
    const limits = states?.before.limits ?? machine.limits ?? null;
    if (result.exitCode !== 0) throw crashed(request, result, limits);
    if (result.truncated) throw tooMuchOutput(nameOf(request));
    results.push(result);
    samples.push(read(result));
    evidence.push(states && evidenceOf(states.before, states.after, quiet, { cpus: machine.cpus, loadsAllCpus }));
  }
  return {
    measurements: summarize(samples.flatMap((sample) => sample.readings)),
    devices: combineDevices(samples.flatMap(({ devices = [] }) => devices)),
    notCounted: [...new Set(samples.flatMap(({ notCounted = [] }) => notCounted))],
    error: null,
    tool,
    jobId,
    toolVersion: samples[0]?.version ?? null,
    seconds: tenths(results.reduce((sum, result) => sum + result.seconds, 0)),
    evidence,
    raw: rawOutput(results),
  };
}

function limitsOf({ timeoutMs, silenceMs }: BenchmarkSettings): Pick<DetachedJobRequest, 'timeoutMs' | 'silenceMs'> {
  return silenceMs === null ? { timeoutMs } : { timeoutMs, silenceMs };
}

/** They take nvidia-smi a while, and say nothing of a CPU. */
function readsGpuState({ benchmark, machine }: BenchmarkRequest): boolean {
  return benchmark !== 'cpu' && machine.gpus.length > 0;
}

function nameOf({ benchmark, tool }: BenchmarkRequest): string {
  return tool === 'command' ? `the command of ${benchmark}` : tool;
}

function crashed(
  request: BenchmarkRequest,
  { exitCode, signal, stderr, stdout }: JobResult,
  limits: ProcessLimits | null
): Failure {
  const how = exitCode === null ? killedBy(signal, limits) : `exited with ${exitCode}`;
  const said = printable((stderr.trim() || stdout.trim()).slice(-300), 300);
  return new Failure('BenchmarkCrashed', `${nameOf(request)} ${how}${said === '' ? ' and said nothing' : `: ${said}`}`);
}
