import { Failure } from '../../domain/failures/failure.ts';
import type { DetachedJobRequest, JobName, JobResult } from '../../domain/jobs/job.ts';
import type { LeftoverProcess } from '../../domain/jobs/leftover.ts';
import { withOutput, type JobOutput } from '../../domain/jobs/job-failure.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { signalOf } from '../connections/shell-exit.ts';
import { endingOrFailure } from './job-outcome.ts';
import { checkJobFolder, checkJobId, runOf } from './job-names.ts';
import { endingOf, hasTooMuch, jobView, leftoverOf, outputText, type Ending, type JobView } from './job-view.ts';
import { neededKib, outputLimits, type DetachedJobLimits, type OutputLimits } from './limits.ts';
import type { ScriptValues } from '../server-scripts/server-script.ts';
import type { ScriptSender } from './script-sender.ts';

/** Maximum time to start the runner, or to search all processes several times. */
const BUSY_SECONDS = 30;

/** One job on its server. */
export class RemoteJob {
  readonly #send: ScriptSender;
  readonly #name: Pick<JobName, 'jobId' | 'host'>;
  readonly #limits: DetachedJobLimits;
  readonly #output: OutputLimits;
  readonly #job: { BASE: string; JOB: string };
  readonly #polled: Omit<ScriptValues['poll'], 'WAIT'>;

  constructor(send: ScriptSender, name: Pick<JobName, 'jobId' | 'host' | 'keep'>, limits: DetachedJobLimits) {
    this.#send = send;
    this.#name = name;
    this.#limits = limits;
    this.#output = outputLimits(name.keep, limits);
    this.#job = { BASE: checkJobFolder(name.host), JOB: checkJobId(name.jobId) };
    const guard = { GUARD: name.host.guard ?? '', RUN: runOf(name.jobId) };
    this.#polled = { ...this.#job, ...guard, LENGTH: this.#output.read };
  }

  /** Starts it unless it was started before, then waits as `poll` does. */
  async start({ command, timeoutMs }: DetachedJobRequest, seconds: number): Promise<JobView> {
    const values = {
      COMMAND: command,
      MAXIMUM: Math.max(1, Math.ceil(timeoutMs / 1000)),
      GRACE: this.#limits.graceSeconds,
      LIMIT: this.#output.head,
      TAIL: this.#output.tail,
      PARTS: this.#output.isStrict ? 0 : 1,
      NEED: neededKib({ outputBytes: this.#output.read }),
    };
    const request = { ...this.#polled, ...values, WAIT: seconds };
    return jobView(await this.#send('start', request, seconds + BUSY_SECONDS));
  }

  /** Waits at most `seconds` for its end. */
  async poll(seconds: number): Promise<JobView> {
    return jobView(await this.#send('poll', { ...this.#polled, WAIT: seconds }, seconds));
  }

  async cancel(): Promise<LeftoverProcess[]> {
    const { graceSeconds } = this.#limits;
    return leftoverOf(await this.#send('cancel', { ...this.#job, GRACE: graceSeconds }, graceSeconds + BUSY_SECONDS));
  }

  /** Whether it wrote more than it may. */
  hasTooMuch(view: JobView): boolean {
    return this.#output.isStrict && hasTooMuch(view, this.#output.read);
  }

  /** The result of a job that has ended. @throws Failure if there is none, with the output of the job */
  async result(view: JobView): Promise<JobResult> {
    const { read } = this.#output;
    // Its runner cannot see what is left when it has ended itself.
    const leftover = endingOf(view)?.how === 'timeout' ? await this.cancel() : [];
    const { status, seconds } = this.#ending(view, leftover);
    const signal = signalOf(status);
    return {
      exitCode: signal === null ? status : null,
      signal,
      stdout: outputText(view.out, read),
      stderr: outputText(view.err, read),
      truncated: this.#isTruncated(view),
      seconds,
    };
  }

  /** What a job has printed that was killed; null: nothing. */
  async printed(): Promise<JobOutput | null> {
    return this.#printedIn(await this.poll(0));
  }

  #ending(view: JobView, leftover: readonly LeftoverProcess[]): Ending {
    // An earlier attempt has killed it, and was then lost.
    const isKilled = view.state === 'exited' && endingOf(view)?.how === 'cancelled';
    try {
      if (isKilled && this.hasTooMuch(view)) throw tooMuchOutput('the command', ', and was ended', this.#output.read);
      return endingOrFailure(view, this.#name, leftover);
    } catch (error) {
      throw error instanceof Failure ? withOutput(error, this.#printedIn(view)) : error;
    }
  }

  #printedIn(view: JobView): JobOutput | null {
    const [stdout, stderr] = [view.out, view.err].map(({ content }) => content.toString('utf8')) as [string, string];
    return stdout + stderr === '' ? null : { stdout, stderr, truncated: this.#isTruncated(view) };
  }

  #isTruncated(view: JobView): boolean {
    return this.#output.isStrict && (this.hasTooMuch(view) || view.out.cut || view.err.cut || view.isHeld);
  }
}
