import { withMachineState } from '../benchmarks/machine-state.ts';
import type { BenchmarkResult } from '../domain/measurements/benchmark-result.ts';
import { evidenceOf } from '../domain/measurements/evidence.ts';
import { combineDevices, summarize } from '../domain/measurements/measurement.ts';
import { missingGpus } from '../domain/measurements/missing-gpus.ts';
import { withDoubt } from '../domain/measurements/quiet-limits.ts';
import type { BenchmarkRequest } from '../domain/plans/plan.ts';
import { sampleMessage } from '../domain/plans/sample-message.ts';
import { jobAnswerMs } from '../domain/plans/time-limits.ts';
import { tenths } from '../domain/values/numbers.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { programOf, settingsOf } from './program.ts';
import { rawOutput } from './raw-output.ts';
import { readSample } from './read-sample.ts';
import { collectJob, followJob } from './follow-job.ts';
import { takeSamples } from './take-samples.ts';

/**
 * Runs the configured number of samples with the planned tool or command, in sequence, each as its own job, and parses each
 * output. A later attempt reuses the jobs of earlier ones. The machine state before and after each sample is its evidence.
 *
 * A GPU that the kernel shows but the tool does not is `DeviceMissing`, in addition to the measurements of the others.
 * @throws Failure BenchmarkCrashed for a nonzero exit code, UnreadableOutput if the output cannot be parsed
 */
export function benchmark({
  configuration: readConfiguration,
  ssh,
  tools,
  jobEnded = () => undefined,
}: ActivityDependencies): (request: BenchmarkRequest) => Promise<BenchmarkResult> {
  return async (request) => {
    const configuration = await readConfiguration();
    const { serverId, target, host, jobId, tool, machine } = request;
    const settings = settingsOf(request, configuration);
    const program = programOf(request, settings, tools);
    const { samples: wanted, timeoutMs, silenceMs } = settings;
    const limits = { timeoutMs, ...(silenceMs !== null && { silenceMs }), ...(program.keep && { keep: program.keep }) };
    const answerMs = jobAnswerMs(configuration.ssh);
    const command = withMachineState(program.command, { gpus: program.usesGpus && machine.gpus.length > 0 });

    const { results, samples, evidence } = await takeSamples(wanted, {
      async run(sample) {
        const job = { serverId, target, host, jobId: `${jobId}.${sample}`, command, ...limits };
        const about = sampleMessage(request.benchmark, sample, wanted);
        const ended = await (request.collect ? collectJob(ssh, job, answerMs) : followJob(ssh, job, answerMs, about));
        jobEnded(request.benchmark, ended.seconds);
        return ended;
      },
      read: (result, own) => readSample(program, result, own ?? machine.limits ?? null),
      evidenceOf({ before, after }) {
        const use = { cpus: machine.cpus, loadsAllCpus: program.loadsAllCpus };
        return withDoubt(evidenceOf(before, after, use), configuration.quiet);
      },
    });
    const faults = samples.flatMap((sample) => sample.faults ?? []);
    const devices = combineDevices(samples.flatMap((sample) => sample.devices ?? []));
    return {
      measurements: summarize(samples.flatMap((sample) => sample.readings)),
      devices,
      ...(faults.length > 0 && { faults }),
      notCounted: [...new Set(samples.flatMap((sample) => sample.notCounted ?? []))],
      error:
        samples.find(({ error }) => error)?.error ?? (program.needsGpus ? missingGpus(machine, devices, tool) : null),
      tool,
      jobId,
      toolVersion: samples[0]?.version ?? null,
      seconds: tenths(results.reduce((sum, result) => sum + result.seconds, 0)),
      evidence,
      raw: rawOutput(results),
    };
  };
}
