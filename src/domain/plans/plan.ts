import type { RowError } from '../failures/failure.ts';
import type { Expectations } from '../verdicts/expectation.ts';
import type { JobHost } from '../jobs/job.ts';
import type { Machine } from '../servers/machine.ts';
import type { Readiness } from '../checks/readiness.ts';

/** The input of `benchmarkFleet`, as people write it. Every field is optional; nothing at all means everything. */
export interface FleetInput {
  limit?: string[];
  /** Of the servers that the limit means so many at random: `5`, or `"10%"`. */
  sample?: number | string;
  /** Of the sample: the same seed, the same servers. Drawn and recorded where it is not given. */
  seed?: number;
  benchmarks?: string[];
  maxParallel?: number;
  note?: string;
  /** Measure and judge nothing. */
  measureOnly?: boolean;
  /** Measure servers that are already working, too; their rows say so. */
  evenIfBusy?: boolean;
  /** Look whether the servers are ready, and start nothing. */
  checkOnly?: boolean;
}

/** How the servers of a run were chosen: with the same inventory it chooses them again. */
export interface RunSelection {
  /** As it was written; null: all servers. */
  limit: string[] | null;
  sample: number | string | null;
  /** Null where nothing was sampled. */
  seed: number | null;
  /** How many servers the limit means, before the sample. */
  of: number;
}

/** What `planFleet` makes of the input: which servers, how, and how many at once. */
export interface FleetPlan {
  serverIds: string[];
  /** Not in a plan of before there were samples. */
  selection?: RunSelection;
  /** Why some of them are not started: not by SSH, or another one leads to the same machine. Not in a plan of before that was seen. */
  skipped?: Record<string, string>;
  maxParallel: number;
  benchmarks: string[];
  note: string | null;
  measureOnly: boolean;
  evenIfBusy: boolean;
  /** Not in a plan of before there were checks. */
  checkOnly?: boolean;
  /** The run timeout of each server's workflow: far above what a server may take, but not for ever. Milliseconds. */
  serverTimeoutMs: number;
}

/** The input of `benchmarkServer`. */
export interface ServerInput {
  serverId: string;
  benchmarks?: string[];
  measureOnly?: boolean;
  evenIfBusy?: boolean;
  /** Signal `reached` to the run that started it, once the server has let us in; only of runs that an earlier version began. */
  tellWhenReached?: boolean;
  checkOnly?: boolean;
  /** Of the row that it hands over; left out: as large as any. */
  maxRowBytes?: number;
  /** The workflow of the run was reset: this server may have been measured before. */
  afterReset?: boolean;
}

/** The input of `tryLogin`. */
export interface LoginRequest {
  serverId: string;
}

/** What a server said to our user and key; `unknown`: nothing in time, or something else was wrong. */
export type LoginAnswer = { login: 'accepted' | 'unknown'; error: null } | { login: 'refused'; error: RowError };

/** What `prepareServer` found: what the machine is, what runs on it, and what it will be judged by. */
export interface ServerPlan {
  serverId: string;
  /** Where the server was reached, as `ConnectionFacts` say it; another worker must reach the same. */
  target?: string | undefined;
  /** Of the machine, as `machineIdentity` makes it. Left out by earlier versions. */
  identity?: string;
  hardwareClass: string;
  /** Which rule chose the class: `server`, `group gpu`, `detected`, `default`. Left out by earlier versions. */
  classBy?: string;
  machine: Machine;
  /** Where its jobs live, whichever worker asks for them. */
  host: JobHost;
  benchmarks: BenchmarkPlan[];
  /** Nothing is expected of it although something has to be. */
  expectationMissing?: RowError;
  /** What its row has to say besides: that others worked on it. */
  notes: string[];
}

/** What it found for a check, which ends there. */
export interface CheckedServer extends Omit<ServerPlan, 'host' | 'notes'> {
  /** Left out by earlier versions. */
  notes?: string[];
  readiness: Readiness;
  /** The work of others that would keep a run from starting anything; null: nothing would. */
  busy: string | null;
}

export function isChecked(plan: ServerPlan | CheckedServer): plan is CheckedServer {
  return 'readiness' in plan;
}

export interface BenchmarkPlan {
  benchmark: string;
  expected: Expectations;
  /** What to run; an error where it cannot be run here. */
  step: BenchmarkStep | RowError;
}

/** What stands in place of a tool where the benchmark is a command of the user's own. */
export const COMMAND = 'command';

export interface BenchmarkStep {
  /** `benchmarkCpu`, `benchmarkGpu`, `benchmarkCommand`: named after the kind of benchmark. */
  activity: `benchmark${string}`;
  /** {@link COMMAND} for one of the user's own. */
  tool: string;
  /** For the Web UI: `cpu: sysbench, 3 x 10 s`. */
  summary: string;
  /** All its samples together, connecting included. Milliseconds. */
  timeoutMs: number;
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
  /** Start nothing: read the results of jobs that are over, and end those that are not. */
  collect?: boolean;
}

export function isStep(step: BenchmarkPlan['step']): step is BenchmarkStep {
  return 'activity' in step;
}

/** The input of `releaseServer`: all jobs of one run of a server. */
export interface ReleaseRequest {
  serverId: string;
  target?: string | undefined;
  host: JobHost;
  /** What the ids of its jobs begin with. */
  prefix: string;
  /** The same of the run before it was reset. */
  earlier?: string[];
  /** The server has stopped answering: its row does not wait long for this. */
  unresponsive?: boolean;
}
