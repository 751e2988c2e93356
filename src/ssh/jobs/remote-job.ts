import type { DetachedJobRequest, JobName, JobResult, LeftoverProcess } from '../../domain/jobs/job.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { signalOf } from '../connections/shell-exit.ts';
import type { Asker } from './verb-sender.ts';
import { endingOrFailure } from './job-ending.ts';
import { checkHost } from './job-host.ts';
import { checkJobId, runOf } from './job-id.ts';
import { endingOf, hasTooMuch, jobView, leftoverOf } from './job-view.ts';
import type { JobView } from './job-view.ts';
import { neededKib } from './limits.ts';
import type { DetachedJobLimits } from './limits.ts';
import { outputText, readOutput } from './read-output.ts';

/** Beyond any output: an answer carries nothing from there. */
const PAST_END = 2 ** 52;
/** For the shell to start the runner, or to look through all processes several times. */
const BUSY_SECONDS = 30;

/** What can be asked of one job on its server. */
export interface OneJob {
  /** Starts it if nobody ever did, and waits for its end as `poll` does. */
  start(request: DetachedJobRequest, seconds: number): Promise<JobView>;
  /** Waits for its end, so many seconds at most. */
  poll(seconds: number): Promise<JobView>;
  cancel(): Promise<LeftoverProcess[]>;
  /** The result of a job that is over. @throws Failure where there is none */
  result(view: JobView): Promise<JobResult>;
}

export function oneJob(
  asker: Asker,
  { jobId, host }: Pick<JobName, 'jobId' | 'host'>,
  limits: DetachedJobLimits
): OneJob {
  const { outputBytes, keptBytes, answerBytes, graceSeconds } = limits;
  const job = { BASE: checkHost(host), JOB: checkJobId(jobId) };
  const guarded = { ...job, GUARD: host.guard ?? '', RUN: runOf(jobId) };
  const beginning = { OUT_OFFSET: 0, ERR_OFFSET: 0, LENGTH: Math.min(outputBytes, answerBytes) };

  async function readFrom(stream: 'out' | 'err', offset: number): Promise<Buffer> {
    const offsets = {
      OUT_OFFSET: PAST_END,
      ERR_OFFSET: PAST_END,
      [stream === 'out' ? 'OUT_OFFSET' : 'ERR_OFFSET']: offset,
    };
    return jobView(await asker('poll', { ...guarded, ...offsets, LENGTH: answerBytes, WAIT: 0 }, 0))[stream].content;
  }

  return {
    async start({ command, timeoutMs }, seconds) {
      const values = {
        COMMAND: command,
        MAXIMUM: Math.max(1, Math.ceil(timeoutMs / 1000)),
        GRACE: graceSeconds,
        LIMIT: keptBytes,
        NEED: neededKib(limits),
        WAIT: seconds,
      };
      return jobView(await asker('start', { ...guarded, ...beginning, ...values }, seconds + BUSY_SECONDS));
    },

    async poll(seconds) {
      return jobView(await asker('poll', { ...guarded, ...beginning, WAIT: seconds }, seconds));
    },

    async cancel() {
      return leftoverOf(await asker('cancel', { ...job, GRACE: graceSeconds }, graceSeconds + BUSY_SECONDS));
    },

    async result(view) {
      // An attempt that was lost since then has ended it.
      const isEnded = view.state === 'exited' && endingOf(view)?.how === 'cancelled';
      if (isEnded && hasTooMuch(view, outputBytes)) throw tooMuchOutput('the command', ', and was ended', outputBytes);
      const { status, seconds } = endingOrFailure(view, { jobId, host });
      const sizes = { limit: outputBytes, pieceBytes: answerBytes };
      const out = await readOutput(view.out, sizes, (offset) => readFrom('out', offset));
      const err = await readOutput(view.err, sizes, (offset) => readFrom('err', offset));
      const signal = signalOf(status);
      return {
        exitCode: signal === null ? status : null,
        signal,
        stdout: outputText(out),
        stderr: outputText(err),
        truncated: [out, err].some(({ missing, cut }) => missing > 0 || cut),
        seconds,
      };
    },
  };
}
