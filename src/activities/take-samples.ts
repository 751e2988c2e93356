import { splitMachineState } from '../benchmarks/machine-state.ts';
import type { ToolReadings } from '../benchmarks/tool.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { Evidence } from '../domain/measurements/evidence.ts';
import type { MachineState } from '../domain/measurements/machine-state.ts';
import type { ProcessLimits } from '../domain/servers/process-limits.ts';
import { withRawOutput } from './raw-output.ts';

interface Samples {
  /** How each job ended. Its standard error is without the machine state. */
  results: JobResult[];
  samples: ToolReadings[];
  evidence: (Evidence | null)[];
}

interface Sampling {
  /** Runs the job of a sample, which are counted from 1. */
  run: (sample: number) => Promise<JobResult>;
  /** Reads one. @param limits - of its process; null: unknown */
  read: (result: JobResult, limits: ProcessLimits | null) => ToolReadings;
  evidenceOf: (states: { before: MachineState; after: MachineState }) => Evidence;
}

/** Takes samples in sequence, up to one with a fault. An error has the output of all samples. */
export async function takeSamples(wanted: number, { run, read, evidenceOf }: Sampling): Promise<Samples> {
  const taken: Samples = { results: [], samples: [], evidence: [] };
  const { results, samples, evidence } = taken;
  try {
    // More samples cannot excuse a fault.
    while (samples.length < wanted && !samples.some(({ faults = [] }) => faults.length > 0)) {
      const ended = await run(samples.length + 1);
      const { stderr, states } = splitMachineState(ended.stderr);
      const result = { ...ended, stderr };
      results.push(result);
      samples.push(read(result, states?.before.limits ?? null));
      evidence.push(states && evidenceOf(states));
    }
    return taken;
  } catch (error) {
    throw withRawOutput(error, results);
  }
}
