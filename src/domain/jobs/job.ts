import type { GuardHolder } from '../servers/guard.ts';

export interface ServerName {
  serverId: string;
  /** As in {@link ConnectionFacts}: what this id has to lead to; without it, whatever this worker's inventory says. */
  target?: string | undefined;
}

/** A short look at a server: a command that ends with its connection. Durations in milliseconds. */
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
  /** Since the job began, by the server's own clock; only of detached jobs. */
  seconds?: number;
}

/** How a command ended. Output is untrusted UTF-8 text, truncated at the output limit. */
export interface JobResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
  seconds: number;
}

/** Where a connection leads, and why it is trusted. */
export interface ConnectionFacts {
  user: string;
  host: string;
  port: number;
  /** `SHA256:...`, as ssh shows it. */
  hostKey: string;
  /** Why the host key is trusted: an entry of known_hosts, pinned in the inventory, or accepted as the first one. */
  trusted: 'known_hosts' | 'pinned' | 'accepted';
  /** Fingerprint of all that, hexadecimal: equal where two workers reach the same server the same way. */
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

/** Where a server keeps its jobs. Found once and recorded: in another place it would be another job. */
export interface JobHost {
  /** An absolute path. */
  base: string;
  /** Free space there. */
  freeKib: number;
  /** A different one later means that the server was restarted. */
  bootId: string;
  /** Of the machine, hexadecimal. Without it, no guard is taken: by earlier versions, and where no job starts. */
  guard?: string;
}

/** About the guard of a machine, for a run. */
export interface GuardRequest extends ServerName {
  host: JobHost;
  /** The ids of the jobs of the run begin with this. */
  runId: string;
  /** Who holds it, as other runs read it: one line of ASCII. */
  holder: string;
  /** Ids of ended runs: their guard does not count, and their jobs are ended. */
  over: readonly string[];
  signal: AbortSignal;
}

/** One job as a workflow names it. The id is of letters, digits, `.`, `_` and `-`, at most 201 of them. */
export interface JobName extends ServerName {
  jobId: string;
  host: JobHost;
  /** Aborted: rejects with its reason. The job stays as it is. */
  signal: AbortSignal;
}

/** A command that outlives its connection and its worker. Durations in milliseconds. */
export interface DetachedJobRequest extends JobName {
  /** POSIX shell, run in an empty folder of its own. */
  command: string;
  /** Enforced by the server itself, in whole seconds. */
  timeoutMs: number;
  /** Maximum time without output; without it, there is none. */
  silenceMs?: number;
  /** It was seen running: if it is not there now, it is lost, and not started again under the same name. */
  seen?: boolean;
  /** Since its first start, where that was earlier. The server's own clock is never the only one. */
  elapsedMs?: number;
  onProgress?: (progress: JobProgress) => void;
}

/** A process that does not die. Its name is untrusted text. */
export interface LeftoverProcess {
  pid: number;
  name: string;
}

/**
 * The port to jobs that survive their connection, their worker and sshd. Every worker finds the same job again: it runs
 * at most once. Everything rejects with a `Failure`, or with the reason of the aborted signal.
 */
export interface DetachedJobs {
  /**
   * Finds where jobs can live, and creates the folder, unless `lookOnly` is set.
   * @throws Failure HostUnsuitable where they cannot
   */
  probeJobs(request: ServerName & { lookOnly?: boolean; signal: AbortSignal }): Promise<JobHost>;
  /**
   * Starts the job unless it was started before, waits for its end across lost connections, and reads its result.
   * @throws Failure GuardNotHeld if its run has lost the guard; BenchmarkTimedOut; JobLost; HostUnsuitable without free
   * space; ServerUnreachable or ConnectionLost after 5 minutes, which leaves the job running
   */
  runJob(request: DetachedJobRequest): Promise<JobResult>;
  /** Ends the job, or keeps it from ever starting, and then checks which processes are left. */
  cancelJob(request: JobName): Promise<{ leftover: LeftoverProcess[] }>;
  /**
   * Takes the guard of the machine, without which no job starts, and removes what earlier runs have left there. Null if it
   * is taken; else its holder. It is held while a job of the run is running, and for 5 minutes after the last request.
   */
  takeGuard(request: GuardRequest): Promise<GuardHolder | null>;
  /** The holder of the guard other than this run, or null. Changes nothing. */
  lookAtGuard(request: GuardRequest): Promise<GuardHolder | null>;
  dropGuard(request: GuardRequest): Promise<void>;
  /** The result if the job is over, null if it runs or never started. Throws like `runJob`. */
  collectJob(request: JobName): Promise<JobResult | null>;
  /**
   * Removes the job `prefix` and all jobs `prefix.*` from the server; none of them can start again. If some still run, it
   * removes nothing and names them.
   */
  cleanJobs(
    request: Omit<JobName, 'jobId'> & { prefix: string }
  ): Promise<{ running: string[]; leftover: LeftoverProcess[] }>;
}
