import type { GpuChoice } from '../servers/choose-gpus.ts';
import type { Expectations } from '../verdicts/expectation.ts';
import type { HardwareClass } from '../servers/hardware-class.ts';
import type { Metric } from '../measurements/measurement.ts';
import type { QuietLimits } from '../measurements/quiet-limits.ts';
import type { Server, SshConfigUse, SshSettings } from '../servers/server.ts';

/** What the worker works by: the user's `fleetmark.yaml`, checked, with every default filled in. */
export interface Configuration {
  /** Path of the file, for messages. */
  file: string;
  servers: ReadonlyMap<string, Server>;
  ssh: SshSettings;
  sshConfig: SshConfigUse;
  maxParallel: number;
  quiet: QuietLimits;
  /** In the order in which they run. */
  benchmarks: BenchmarkSettings[];
  /** The first one that has a server wins. */
  classes: HardwareClass[];
  /** Expectations by hardware class. */
  expect: Record<string, Expectations>;
  /** A server of which nothing is expected is an error. */
  requireExpectations: boolean;
}

/** How to run one benchmark. Durations in milliseconds. */
export interface BenchmarkSettings {
  /** `cpu`, `gpu`, or a name of the user's own. */
  benchmark: string;
  /** How many times it is measured; the median counts. */
  samples: number;
  /** How long one sample of a tool that can be told takes. */
  durationMs: number;
  /** Each sample is killed after this long. */
  timeoutMs: number;
  /** Each sample is killed when it writes nothing for this long; null: it may be silent. */
  silenceMs: number | null;
  /** The user's own command, in place of the tools. */
  command: UserCommand | null;
  /** Count OpenCL CPU devices as GPUs, so that PoCL can stand in for one in tests. */
  openclCpuDevices: boolean;
  /** Of `gpu`: the devices to measure; null: all that compute. */
  devices: GpuChoice | null;
}

export interface UserCommand {
  /** POSIX shell. */
  command: string;
  metrics: PatternMetric[];
  /** It keeps all CPUs busy from its start to its end. */
  loadsAllCpus: boolean;
}

/** A metric that the first group of a regular expression reads from the output. */
export interface PatternMetric extends Metric {
  pattern: string;
}
