import type { Readiness } from '../checks/readiness.ts';
import type { RowError } from '../failures/failure.ts';
import type { JobHost } from '../jobs/job.ts';
import type { Machine } from '../servers/machine.ts';
import type { Expectations } from '../verdicts/expectation.ts';

/** The input of `benchmarkFleet`, as people write it. No field, or no input, means the whole inventory. */
export interface FleetInput {
  limit?: string[];
  /** Random sample of the selection: `5`, or `"10%"`. */
  sample?: number | string;
  /** Of the sample: the same seed, the same servers. Drawn and recorded if it is left out. */
  seed?: number;
  benchmarks?: string[];
  maxParallel?: number;
  note?: string | null;
  /** Judge nothing. */
  measureOnly?: boolean;
  /** Also measure servers with other work; their rows say so. */
  evenIfBusy?: boolean;
  /** Check whether the servers are ready, and start nothing. */
  checkOnly?: boolean;
}

/** The rows, the history and the result of a run are known to fit up to this many servers. */
export const MAX_SERVERS = 2000;

/** How the servers of a run were chosen: with the same inventory it chooses them again. */
export interface RunSelection {
  /** Null: all servers. */
  limit: string[] | null;
  sample: number | string | null;
  /** Null without a sample. */
  seed: number | null;
  /** How many servers match the limit, before the sample. */
  of: number;
}

/** The result of `planFleet`: the input, resolved against the inventory and the configuration. */
export interface FleetPlan {
  serverIds: string[];
  /** Left out by earlier versions, as `skipped` and `checkOnly`. */
  selection?: RunSelection;
  /** Why some of them are not started: not reached by SSH, or the same machine as another one. */
  skipped?: Record<string, string>;
  maxParallel: number;
  benchmarks: string[];
  note: string | null;
  measureOnly: boolean;
  evenIfBusy: boolean;
  checkOnly?: boolean;
  /** The run timeout of each server's workflow, far above what a server may take. */
  serverTimeoutMs: number;
}

/** The input of `benchmarkServer`. */
export interface ServerInput {
  serverId: string;
  benchmarks?: string[];
  measureOnly?: boolean;
  evenIfBusy?: boolean;
  /** Signal `reached` to the run after the login; only from runs that an earlier version began. */
  tellWhenReached?: boolean;
  checkOnly?: boolean;
  /** Maximum size of its row; left out: that of any row. */
  maxRowBytes?: number;
  /** The workflow of the run was reset: this server may have been measured before. */
  afterReset?: boolean;
}

/** The input of `tryLogin`. */
export interface LoginRequest {
  serverId: string;
}

/** The answer of a server to our user and key; `unknown`: no answer in time, or another error. */
export type LoginAnswer = { login: 'accepted' | 'unknown'; error: null } | { login: 'refused'; error: RowError };

/** The result of `prepareServer`: what the machine is, what runs on it, and what is expected of it. */
export interface ServerPlan {
  serverId: string;
  /** As in `ConnectionFacts`; another worker must reach the same. */
  target?: string | undefined;
  /** Of the machine, as `machineIdentity` makes it. Left out by earlier versions, as `classBy`. */
  identity?: string;
  hardwareClass: string;
  /** The rule that chose the class: `server`, `group gpu`, `detected`, `default`. */
  classBy?: string;
  machine: Machine;
  /** Where its jobs live, for every worker. */
  host: JobHost;
  benchmarks: BenchmarkPlan[];
  /** Nothing is expected of it, although `requireExpectations` is set. */
  expectationMissing?: RowError;
  /** For its row: other work on it. */
  notes: string[];
}

/** The result of `prepareServer` for a check, which ends there. */
export interface CheckedServer extends Omit<ServerPlan, 'host' | 'notes'> {
  /** Left out by earlier versions. */
  notes?: string[];
  readiness: Readiness;
  /** The work of others that would keep a run from starting anything; null: none. */
  busy: string | null;
}

export function isChecked(plan: ServerPlan | CheckedServer): plan is CheckedServer {
  return 'readiness' in plan;
}

export interface BenchmarkPlan {
  benchmark: string;
  expected: Expectations;
  /** What to run; an error if it cannot run here. */
  step: BenchmarkStep | RowError;
}

/** The tool of a user-defined command. */
export const COMMAND = 'command';

export interface BenchmarkStep {
  /** `benchmarkCpu`, `benchmarkGpu`, `benchmarkCommand`: named after the kind of benchmark. */
  activity: `benchmark${string}`;
  tool: string;
  /** For the Web UI: `cpu: sysbench, 3 x 10 s`. */
  summary: string;
  /** All its samples together, connecting included. */
  timeoutMs: number;
}

export function isStep(step: BenchmarkPlan['step']): step is BenchmarkStep {
  return 'activity' in step;
}

/** The input of the benchmark activities. */
export interface BenchmarkRequest {
  serverId: string;
  target?: string | undefined;
  benchmark: string;
  tool: string;
  /** From the workflow's run, the benchmark and the number of the measurement: the same measurement, the same id. */
  jobId: string;
  host: JobHost;
  machine: Machine;
  /** Start nothing: read the results of jobs that are over, and end the others. */
  collect?: boolean;
}

/** The input of `releaseServer`: all jobs of one run of a server. */
export interface ReleaseRequest {
  serverId: string;
  target?: string | undefined;
  host: JobHost;
  /** The ids of its jobs begin with this. */
  prefix: string;
  /** Prefixes of the run before it was reset. */
  earlier?: string[];
  /** The server has stopped answering: its row does not wait long for this. */
  unresponsive?: boolean;
}
