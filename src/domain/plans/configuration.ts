import type { ActionSettings } from '../actions/action.ts';
import type { GpuChoice } from '../servers/choose-gpus.ts';
import type { Expectations } from '../verdicts/expectation.ts';
import type { HardwareClass } from '../servers/hardware-class.ts';
import type { CommandOutput } from './command-output.ts';
import type { QuietLimits } from '../measurements/quiet-limits.ts';
import type { SecretReference } from '../values/secret-reference.ts';
import type { Server, SshConfigUse, SshSettings } from '../servers/server.ts';

/** The user's `fleetmark.yaml`, validated, with all defaults filled in. */
export interface Configuration {
  file: string;
  servers: ReadonlyMap<string, Server>;
  ssh: SshSettings;
  sshConfig: SshConfigUse;
  maxParallel: number;
  quiet: QuietLimits;
  /** In the order in which they run. */
  benchmarks: BenchmarkSettings[];
  classes: HardwareClass[];
  /** By hardware class. */
  expect: Record<string, Expectations>;
  store: ConfiguredStore;
  /** In their written order. */
  actions: ActionSettings[];
  /** Whether a server without expectations is an error. */
  requireExpectations: boolean;
}

/** Where and for how long results are kept. */
export interface ConfiguredStore {
  /** A PostgreSQL database, without a password; null: not set. */
  url: string | null;
  password: SecretReference | null;
  /** Milliseconds; null: for ever. */
  keepMs: number | null;
}

/** How to run one benchmark. Durations in milliseconds. */
export interface BenchmarkSettings {
  benchmark: string;
  samples: number;
  /** Duration of one sample, for tools with a settable duration. */
  durationMs: number;
  /** Timeout of one sample. */
  timeoutMs: number;
  /** A sample without output for this long is killed; null: no limit. */
  silenceMs: number | null;
  /** Runs instead of the tools; null: the tools run. */
  command: UserCommand | null;
  /** Whether OpenCL CPU devices count as GPUs, so that tests can use PoCL as one. */
  openclCpuDevices: boolean;
  /** The GPUs to measure; null: all compute GPUs. */
  devices: GpuChoice | null;
}

export interface UserCommand {
  /** POSIX shell. */
  command: string;
  output: CommandOutput;
  /** Whether it keeps all CPUs busy from its start to its end. */
  loadsAllCpus: boolean;
}
