import type { BenchmarkSettings } from '../domain/plans/configuration.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import type { Machine } from '../domain/servers/machine.ts';
import type { MeasuredDevice, Metric, Reading } from '../domain/measurements/measurement.ts';

/**
 * A program that measures a benchmark. Pure: it says what to run and reads what came back, and never runs anything.
 * To add one: a file with a Tool, a folder of fixtures with its real output, a line in `catalogue.ts`.
 */
export interface Tool {
  /** `sysbench` */
  readonly name: string;
  readonly benchmark: 'cpu' | 'gpu';
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
  /** For people: `sysbench, 3 x 10 s`. */
  summary(settings: BenchmarkSettings): string;
  /**
   * One sample: a reading per metric and device. An exit code proves nothing, only numbers do.
   * @throws Failure UnreadableOutput if a number is missing, not finite or not plausible
   */
  parse(result: Pick<JobResult, 'stdout' | 'stderr'>, settings: BenchmarkSettings, machine: Machine): ToolReadings;
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
