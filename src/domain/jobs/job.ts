import type { GuardHolder } from '../servers/guard.ts';
import type { KeptOutput } from './output-limit.ts';
import type { LeftoverProcess } from './leftover.ts';

export interface ServerName {
  serverId: string;
  /** As in {@link ConnectionFacts}: the only accepted target of this id; without it, this worker's inventory decides. */
  target?: string | undefined;
}

/** A short command, which ends with its connection. Durations in milliseconds. */
export interface CommandRequest extends ServerName {
  /** For logs, and for the process list of the server. */
  commandId: string;
  /** POSIX shell. */
  command: string;
  timeoutMs: number;
  /** Aborted: the command is killed on the server before the promise rejects. */
  signal: AbortSignal;
}

export interface JobProgress {
  /** Bytes of output so far. */
  outputBytes: number;
  /** Since the job started, by the server's clock; only for detached jobs. */
  seconds?: number;
}

/** How a command ended. Output is untrusted UTF-8 text, truncated at the output limit. */
export interface JobResult {
  /** Null if a signal ended it. */
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
  seconds: number;
}

/** The target of a connection, and why it is trusted. */
export interface ConnectionFacts {
  user: string;
  host: string;
  port: number;
  /** `SHA256:...`, as ssh shows it. */
  hostKey: string;
  /** Why the host key is trusted: listed in known_hosts, pinned in the inventory, or accepted on first use. */
  trusted: 'known_hosts' | 'pinned' | 'accepted';
  /** Fingerprint of all these facts, hexadecimal: equal if two workers reach the same server the same way. */
  target: string;
}

/**
 * The port through which activities reach servers; `src/ssh` implements it. Rejects with a `Failure`, of kind
 * `TargetChanged` before anything runs if the server is not the requested target.
 */
export interface Ssh {
  /** The facts of the connection that all requests to this server share; connects if there is none. */
  connection(request: ServerName & { signal: AbortSignal }): Promise<ConnectionFacts>;
  runCommand(request: CommandRequest): Promise<JobResult>;
  jobs: DetachedJobs;
}

/** The folder for jobs on a server. Chosen once and recorded: in another folder, a job would start a second time. */
export interface JobHost {
  /** An absolute path. */
  base: string;
  /** Free space in that folder. */
  freeKib: number;
  /** A different one later means that the server was restarted. */
  bootId: string;
  /** Id of the guard of the machine, hexadecimal. Without it, no guard is taken: earlier versions, or no job starts. */
  guard?: string;
}

/** A request about the guard of a machine, on behalf of a run. */
export interface GuardRequest extends ServerName {
  host: JobHost;
  /** Prefix of the ids of the jobs of the run. */
  runId: string;
  /** The holder, as other runs read it: one line of ASCII. */
  holder: string;
  /** Ids of ended runs: their guard is ignored, and their jobs are ended. */
  over: readonly string[];
  signal: AbortSignal;
}

/** One job as a workflow names it. The id has 1 to 201 letters, digits, `.`, `_` and `-`. */
export interface JobName extends ServerName {
  jobId: string;
  host: JobHost;
  /** What is kept of a long output; undefined: it must not be long. */
  keep?: KeptOutput;
  /** Aborted: the promise rejects with its reason, and the job keeps running. */
  signal: AbortSignal;
}

/** A command that outlives its connection and its worker. Durations in milliseconds. */
export interface DetachedJobRequest extends JobName {
  /** POSIX shell, run in an empty folder of its own. */
  command: string;
  /** Enforced by the server itself, in whole seconds. */
  timeoutMs: number;
  /** Maximum time without output; undefined: no limit. */
  silenceMs?: number;
  /** Whether the job was seen running: if it is missing now, it is lost, and not started again under the same id. */
  seen?: boolean;
  /** Time since its first start, if that was earlier. The timeout never depends on the server's clock alone. */
  elapsedMs?: number;
  onProgress?: (progress: JobProgress) => void;
}

/**
 * The port to jobs that survive their connection, their worker and sshd. Every worker finds the same job again: it runs
 * at most once. All methods reject with a `Failure`, or with the reason of the aborted signal.
 */
export interface DetachedJobs {
  /**
   * Finds a folder for jobs, and creates it unless `lookOnly` is set.
   * @throws Failure HostUnsuitable if there is none
   */
  probeJobs(request: ServerName & { lookOnly?: boolean; signal: AbortSignal }): Promise<JobHost>;
  /**
   * Starts the job unless it was started before, waits for its end across lost connections, and reads its result.
   * @throws Failure GuardNotHeld if its run has lost the guard; BenchmarkTimedOut; JobLost; HostUnsuitable if no space is
   * free; ServerUnreachable or ConnectionLost after 5 minutes, which leaves the job running
   */
  runJob(request: DetachedJobRequest): Promise<JobResult>;
  /** Ends the job, or prevents its start, and then checks which processes are left. */
  cancelJob(request: JobName): Promise<{ leftover: LeftoverProcess[] }>;
  /**
   * Acquires the guard of the machine, without which no job starts, and removes leftovers of earlier runs. Resolves to null,
   * or to the current holder. The guard is held while a job of the run is running, and for 5 minutes after the last request.
   */
  takeGuard(request: GuardRequest): Promise<GuardHolder | null>;
  /** The holder of the guard if it is another run, else null. Changes nothing. */
  lookAtGuard(request: GuardRequest): Promise<GuardHolder | null>;
  dropGuard(request: GuardRequest): Promise<void>;
  /** The result if the job has ended; null if it is running or never started. Throws like `runJob`. */
  collectJob(request: JobName): Promise<JobResult | null>;
  /**
   * Removes the job `prefix` and all jobs `prefix.*` from the server; none of them can start again. If some are still
   * running, it removes nothing and returns their ids.
   */
  cleanJobs(
    request: Omit<JobName, 'jobId'> & { prefix: string }
  ): Promise<{ running: string[]; leftover: LeftoverProcess[] }>;
}
