import { Failure, type RowError } from '../domain/failures/failure.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { MeasuredDevice, Metric, Reading } from '../domain/measurements/measurement.ts';
import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import { sampleSeconds } from '../domain/plans/time-limits.ts';
import type { Machine } from '../domain/servers/machine.ts';
import { printable } from '../domain/values/untrusted.ts';

export type Output = Pick<JobResult, 'stdout' | 'stderr'>;

/**
 * A program that measures a benchmark. Pure: it builds a command and reads its output. To add a tool, also for a new
 * benchmark, add a file with a Tool, a folder of fixtures with its real output, and a line in `catalogue.ts`.
 */
export interface Tool {
  /** `sysbench` */
  readonly name: string;
  /** `cpu`. The first tool of a benchmark makes it known to the configuration and adds an activity, `benchmarkCpu`. */
  readonly benchmark: string;
  /** Whether the benchmark runs if the configuration names none. */
  readonly byDefault: boolean;
  /** Whether it measures GPUs and lists them as its devices: a missing one is an error. */
  readonly needsGpus: boolean;
  /** Minimum of the default timeout of a sample. */
  readonly minTimeoutMs: number;
  readonly metrics: readonly Metric[];
  /** Whether the duration of a sample can be set. */
  readonly timed: boolean;
  /** Whether it keeps all CPUs busy from its start to its end. */
  readonly loadsAllCpus: boolean;
  /** Programs that must be on the server's PATH. */
  readonly executables: readonly string[];
  /** Packages that contain them, by package manager. */
  readonly packages: Readonly<Record<string, string>>;
  /** The command (POSIX shell) that takes one sample, built from words with `shellCommand`. */
  command(settings: BenchmarkSettings, machine: Machine): string;
  /**
   * Reads one sample: a reading per metric and device. Only the numbers count, not the exit code.
   * @throws Failure UnreadableOutput if a number is missing, not finite or not plausible
   */
  parse(output: Output, settings: BenchmarkSettings, machine: Machine): ToolReadings;
}

export interface ToolReadings {
  /** `1.0.20`; null: unknown. */
  version: string | null;
  readings: Reading[];
  /** Signs of broken hardware; undefined: none. */
  faults?: Fault[];
  /** Why some numbers could not be read; undefined: all were. */
  error?: RowError | null;
  /** Set if the tool measures several devices. */
  devices?: MeasuredDevice[];
  /** Names of listed devices that are not measured. */
  notCounted?: string[];
}

/** `sysbench, 3 x 10 s`, or `clpeak, 3 samples` for a tool without a fixed duration. */
export function summaryOf({ name, timed }: Tool, settings: BenchmarkSettings): string {
  const { samples } = settings;
  const each = timed ? `x ${sampleSeconds(settings)} s` : samples === 1 ? 'sample' : 'samples';
  return `${name}, ${samples} ${each}`;
}

/** The failure UnreadableOutput, with the problem and the start of the output. */
export function unreadable(what: string, output: Output): Failure {
  const [stdout, stderr] = [printable(output.stdout, 200), printable(output.stderr, 200)];
  const shown = [stdout && `stdout "${stdout}"`, stderr && `stderr "${stderr}"`].filter(Boolean).join(', ');
  return new Failure('UnreadableOutput', `${what}; ${shown || 'it printed nothing'}`);
}
