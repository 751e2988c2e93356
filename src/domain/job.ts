/** One command to run on one server. Durations in milliseconds. */
export interface JobRequest {
  serverId: string;
  /** Names this job for ever: the same id is the same job, whoever asks. */
  jobId: string;
  /** POSIX shell. */
  command: string;
  timeoutMs: number;
  /** Aborted: the command is killed on the server before the promise rejects. */
  signal: AbortSignal;
  onProgress?: (progress: JobProgress) => void;
}

export interface JobProgress {
  /** Bytes of output so far. */
  outputBytes: number;
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

/** The port through which activities reach servers; `src/ssh` is behind it. Rejects with a `Failure`. */
export interface Ssh {
  runJob(request: JobRequest): Promise<JobResult>;
}
