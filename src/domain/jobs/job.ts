import type { GuardHolder } from '../servers/guard.ts';

/** Which server is meant. */
export interface ServerName {
  serverId: string;
  /** Where it has to lead, as {@link ConnectionFacts} say it; without it, wherever this worker's inventory leads. */
  target?: string | undefined;
}

/** A short look at a server: a command that ends with its connection. Durations in milliseconds. */
export interface CommandRequest extends ServerName {
  /** For logs, and for whoever looks at the server meanwhile. */
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
  /** Since the job began, by the server's own clock; only of jobs that are detached. */
  seconds?: number;
}

/**
 * How the command ended. Output is untrusted text of the server, decoded as UTF-8, its middle cut out where it is
 * longer than the limit.
 */
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
  /** What made the host key good: an entry, the only key that it may show, or that it was the first to be seen. */
  trusted: 'known_hosts' | 'pinned' | 'accepted';
  /** The fingerprint of all that, in hexadecimal digits: equal where two workers reach the same server the same way. */
  target: string;
}

/**
 * The port through which activities reach servers; `src/ssh` is behind it. Rejects with a `Failure`: of kind
 * `TargetChanged`, before anything runs there, where the server is not the target that was asked for.
 */
export interface Ssh {
  /** What is known of the connection that everything else on this server shares; connects where there is none. */
  connection(request: ServerName & { signal: AbortSignal }): Promise<ConnectionFacts>;
  runCommand(request: CommandRequest): Promise<JobResult>;
  jobs: DetachedJobs;
}

/** Where a server keeps its jobs. Found once, recorded, and given to everything after: another place would be another job. */
export interface JobHost {
  /** The folder, an absolute path. */
  base: string;
  /** What was free there, in KiB. */
  freeKib: number;
  /** Another one later means that the server was restarted. */
  bootId: string;
  /** Of the machine: hexadecimal digits. Without it, nothing is held: by earlier versions, and where no job starts. */
  guard?: string;
}

/** What is asked of the guard of a machine, for a run. */
export interface GuardRequest extends ServerName {
  host: JobHost;
  /** What the ids of the jobs of the run begin with. */
  runId: string;
  /** Who that is, for others: one line of ASCII. */
  holder: string;
  /** Run ids that are known to be over: their guard counts no more, and their jobs are ended. */
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

/** A command that outlives whoever started it. Durations in milliseconds. */
export interface DetachedJobRequest extends JobName {
  /** POSIX shell, run in an empty folder of its own. */
  command: string;
  /** Kept by the server itself, to the second. */
  timeoutMs: number;
  /** The longest it may write nothing; without it, it may be silent. */
  silenceMs?: number;
  /** How long a server that was reached once may stay out of reach; 5 minutes if not given. */
  patienceMs?: number;
  /** It was seen running: if it is not there now, it is lost, and not started again under the same name. */
  seen?: boolean;
  /** Since its first start, where that was earlier. The server's own word is never the only clock. */
  elapsedMs?: number;
  onProgress?: (progress: JobProgress) => void;
}

/** A process that does not die. Its name is untrusted text. */
export interface LeftoverProcess {
  pid: number;
  name: string;
}

/**
 * The port to jobs that survive their connection, their worker and sshd. Whoever asks again, from anywhere, finds the
 * same job: it runs at most once. Everything rejects with a `Failure`, or with the reason of the aborted signal.
 */
export interface DetachedJobs {
  /**
   * Finds where jobs can live, and makes the folder; `lookOnly` writes nothing, not even that.
   * @throws Failure HostUnsuitable where they cannot
   */
  probeJobs(request: ServerName & { lookOnly?: boolean; signal: AbortSignal }): Promise<JobHost>;
  /**
   * Starts the job if nobody ever did and its run holds the guard (else {@link GuardNotHeld}), waits for its end however often the connection is lost, and reads its result.
   * @throws Failure BenchmarkTimedOut; JobLost; HostUnsuitable where the server has no room; ServerUnreachable or
   * ConnectionLost once the patience is at its end, which leaves the job running
   */
  runJob(request: DetachedJobRequest): Promise<JobResult>;
  /** Ends the job, or keeps it from ever starting, looks again, and says what is left. */
  cancelJob(request: JobName): Promise<{ leftover: LeftoverProcess[] }>;
  /**
   * Takes the guard of the machine, without which no job starts, and removes what earlier runs have left there. Null: it
   * is taken; else who has it. It holds as long as a job of the run is running, and 5 minutes beyond the last question.
   */
  takeGuard(request: GuardRequest): Promise<GuardHolder | null>;
  /** Who has the guard of the machine, other than this run; null: nobody. Changes nothing. */
  lookAtGuard(request: GuardRequest): Promise<GuardHolder | null>;
  dropGuard(request: GuardRequest): Promise<void>;
  /** The result if the job is over, null if it runs or never started. Throws what `runJob` would. */
  collectJob(request: JobName): Promise<JobResult | null>;
  /**
   * Removes the job `prefix` and all jobs `prefix.*` from the server; none of them can start again. Where some still
   * run it removes nothing, and names them.
   */
  cleanJobs(
    request: Omit<JobName, 'jobId'> & { prefix: string }
  ): Promise<{ running: string[]; leftover: LeftoverProcess[] }>;
}
