import type { ActionVerdict } from '../actions/action.ts';
import type { Readiness } from '../checks/readiness.ts';
import type { RowError } from '../failures/failure.ts';
import type { JobHost } from '../jobs/job.ts';
import type { Machine } from '../servers/machine.ts';
import type { Expectations } from '../verdicts/expectation.ts';

/** The input of `benchmarkFleet`, as users write it. All fields are optional; without input, a run measures the inventory. */
export interface FleetInput {
  limit?: string[];
  /** Random sample of the selection: `5`, or `"10%"`. */
  sample?: number | string;
  /** Seed of the sample: the same seed selects the same servers. If missing, one is drawn and recorded. */
  seed?: number;
  benchmarks?: string[];
  maxParallel?: number;
  note?: string | null;
  /** Measure, but do not judge. */
  measureOnly?: boolean;
  /** Also measure servers with other work; their rows say so. */
  evenIfBusy?: boolean;
  /** Check whether the servers are ready, and start nothing. */
  checkOnly?: boolean;
  /** The workflow id of an earlier run, whose servers this one tries again. */
  retryOf?: string;
}

/** Up to this many servers, the rows, the history and the result of a run fit into Temporal's limits. */
export const MAX_SERVERS = 2000;

/** How the servers of a run were selected. With the same inventory, it selects the same servers again. */
export interface RunSelection {
  /** Null: all servers. */
  limit: string[] | null;
  sample: number | string | null;
  /** Null without a sample. */
  seed: number | null;
  /** Number of servers that match the limit, before the sample. */
  of: number;
}

/** How the servers of a run were measured: all that a repeated run needs besides its servers. */
export interface RunSettings {
  benchmarks: string[];
  maxParallel: number;
  measureOnly: boolean;
  evenIfBusy: boolean;
}

/** How a server is measured that no run has started: as a run of this server alone. */
export interface RunByHand {
  selection: RunSelection;
  settings: RunSettings;
}

/** The result of `planFleet`: the input, resolved against the inventory and the configuration. */
export interface FleetPlan extends RunSettings {
  serverIds: string[];
  /** Missing from earlier versions, like `skipped` and `checkOnly`. */
  selection?: RunSelection;
  /** Why some servers are not started: not reached by SSH, or the same machine as another one. */
  skipped?: Record<string, string>;
  /** All servers in the order in which they start; missing: that of `serverIds`, which is that of the report. */
  order?: string[];
  note: string | null;
  checkOnly?: boolean;
  retryOf?: string;
  /** Whether there is a results store; missing from earlier versions and from checks. */
  record?: true;
  /** Whether the run has actions, and about which verdicts some are called as servers end; missing: it has none. */
  actions?: { asServersEnd: ActionVerdict[] };
  /** What lists of workflows show of the run; missing from earlier versions, which show nothing. */
  shown?: { memo: boolean; searchAttributes: boolean };
  /** The run timeout of each server's workflow, far above the maximum time for a server. */
  serverTimeoutMs: number;
}

/** The input of `benchmarkServer`. */
export interface ServerInput {
  serverId: string;
  benchmarks?: string[];
  measureOnly?: boolean;
  evenIfBusy?: boolean;
  /** Signal `reached` to the run after the login; only for runs that an earlier version started. */
  tellWhenReached?: boolean;
  checkOnly?: boolean;
  /** Maximum size of its row; default: that of any row. */
  maxRowBytes?: number;
  /** Whether the workflow of the run was reset, so that this server may have been measured before. */
  afterReset?: boolean;
  /** Whether short steps are local activities, and places are lent: not so in runs of earlier versions. */
  localSteps?: boolean;
  /** Writes its result into the results store; missing: there is none, or an earlier version started the run. */
  record?: { runStartedAt: string };
  /** Whether it sets its search attributes. */
  searchAttributes?: boolean;
  /** The server that probably gets the place of this one: the last benchmark looks at it ahead. */
  next?: string;
}

/** The input of `tryLogin`. */
export interface LoginRequest {
  serverId: string;
}

/** The server's answer to our user and key; `unknown`: no answer in time, or another error. */
export type LoginAnswer = { login: 'accepted' | 'unknown'; error: null } | { login: 'refused'; error: RowError };

/** The result of `prepareServer`: the machine, the benchmarks to run, and their expectations. */
export interface ServerPlan {
  serverId: string;
  /** As in `ConnectionFacts`; other workers must reach the same target. */
  target?: string | undefined;
  /** Identity of the machine, from `machineIdentity`. Missing from earlier versions, like `classBy`. */
  identity?: string;
  hardwareClass: string;
  /** The rule that chose the class: `server`, `group gpu`, `detected`, `near miss`, `default`. */
  classBy?: string;
  machine: Machine;
  /** The folder for its jobs, the same for all workers. */
  host: JobHost;
  benchmarks: BenchmarkPlan[];
  /** Why nothing is expected of it, although `requireExpectations` is set, or because it nearly matches a class. */
  expectationMissing?: RowError;
  /** Notes for its row, for example about other work. */
  notes: string[];
}

/** The result of `prepareServer` for a check, which starts no benchmark. */
export interface CheckedServer extends Omit<ServerPlan, 'host' | 'notes'> {
  /** Missing from earlier versions. */
  notes?: string[];
  readiness: Readiness;
  /** Other work that would prevent a run from starting anything; null: none. */
  busy: string | null;
}

export function isChecked(plan: ServerPlan | CheckedServer): plan is CheckedServer {
  return 'readiness' in plan;
}

export interface BenchmarkPlan {
  benchmark: string;
  expected: Expectations;
  /** What to run, or the error why it cannot run on this server. */
  step: BenchmarkStep | RowError;
}

/** The name of the tool of a user-defined command. */
export const COMMAND = 'command';

export interface BenchmarkStep {
  /** `benchmarkCpu`, `benchmarkGpu`, `benchmarkCommand`: named after the kind of benchmark. */
  activity: `benchmark${string}`;
  tool: string;
  /** For the Web UI: `cpu: sysbench, 3 x 10 s`. */
  summary: string;
  /** For all its samples, including the connection. */
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
  /** Derived from the workflow's run, the benchmark and the number of the measurement: a retry has the same id. */
  jobId: string;
  host: JobHost;
  machine: Machine;
  /** Whether to start nothing: only read the results of jobs that have ended, and end the others. */
  collect?: boolean;
  /** See {@link ServerInput}. */
  next?: string;
}

/** The input of `releaseServer`: all jobs of one run of a server. */
export interface ReleaseRequest {
  serverId: string;
  target?: string | undefined;
  host: JobHost;
  /** Prefix of the ids of its jobs. */
  prefix: string;
  /** The job id prefixes that the run had before its workflow was reset. */
  earlier?: string[];
  /** Whether the server has stopped answering: then its row does not wait long for the release. */
  unresponsive?: boolean;
}
