import { Failure } from '../domain/failures/failure.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { MeasuredDevice, Metric, Reading } from '../domain/measurements/measurement.ts';
import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import { sampleSeconds } from '../domain/plans/time-limits.ts';
import type { Machine } from '../domain/servers/machine.ts';
import { printable } from '../domain/values/untrusted.ts';

export type Output = Pick<JobResult, 'stdout' | 'stderr'>;

/**
 * A program that measures a benchmark. Pure: it says what to run and reads what came back, and never runs anything.
 * To add one, of a new kind of benchmark too: a file with a Tool, a folder of fixtures with its real output, a line in
 * `catalogue.ts`.
 */
export interface Tool {
  /** `sysbench` */
  readonly name: string;
  /** `cpu`: the first tool of a benchmark makes it known to the configuration and gives it an activity, `benchmarkCpu`. */
  readonly benchmark: string;
  /** The benchmark runs where the configuration names none. */
  readonly byDefault: boolean;
  /** It measures the GPUs of a machine, and lists them as its devices: one that is missing among them is an error. */
  readonly needsGpus: boolean;
  /** The timeout of a sample is at least this, where the configuration has none. */
  readonly minTimeoutMs: number;
  readonly metrics: readonly Metric[];
  /** Whether it can be told how long a sample takes. */
  readonly timed: boolean;
  /** It keeps all CPUs busy from its start to its end: what stays unused was kept from it. */
  readonly loadsAllCpus: boolean;
  /** Programs that must be on the server's PATH. */
  readonly executables: readonly string[];
  /** Packages that bring them, by package manager. */
  readonly packages: Readonly<Record<string, string>>;
  /** The line of POSIX shell that takes one sample, built from words with `shellCommand`. */
  command(settings: BenchmarkSettings, machine: Machine): string;
  /**
   * One sample: a reading per metric and device. An exit code proves nothing, only numbers do.
   * @throws Failure UnreadableOutput if a number is missing, not finite or not plausible
   */
  parse(output: Output, settings: BenchmarkSettings, machine: Machine): ToolReadings;
}

export interface ToolReadings {
  /** As the tool names itself, `1.0.20`; null if it does not. */
  version: string | null;
  readings: Reading[];
  /** Of a tool that measures several devices: which ones they are. */
  devices?: MeasuredDevice[];
  /** Names of what is listed among the devices and counts for none. */
  notCounted?: string[];
}

/** `sysbench, 3 x 10 s`, or `clpeak, 3 samples` of a tool without a fixed duration. */
export function summaryOf({ name, timed }: Tool, settings: BenchmarkSettings): string {
  const { samples } = settings;
  const each = timed ? `x ${sampleSeconds(settings)} s` : samples === 1 ? 'sample' : 'samples';
  return `${name}, ${samples} ${each}`;
}

/** UnreadableOutput: what is missing, and the start of the output. */
export function unreadable(what: string, output: Output): Failure {
  const [stdout, stderr] = [printable(output.stdout, 200), printable(output.stderr, 200)];
  const shown = [stdout && `stdout "${stdout}"`, stderr && `stderr "${stderr}"`].filter(Boolean).join(', ');
  return new Failure('UnreadableOutput', `${what}; ${shown || 'it printed nothing'}`);
}
