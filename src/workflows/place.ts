import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { durationText } from '../reports/counts.ts';
import { continueSignal, placeSignal } from './messages.ts';

const HOUR_MS = 60 * 60 * 1000;

/** The place of a server in its run, which it needs only while it is under load. */
export class Place {
  /** By its workflow id only: a run that was reset continues under another run id. */
  readonly #run: string;
  #hasPlace = true;
  /** Resolves when the run knows that the place is lent. */
  #lent: Promise<unknown> | null = null;

  constructor(run: string) {
    this.#run = run;
    setHandler(continueSignal, () => void (this.#hasPlace = true), {
      description: 'the server has a place in its run',
    });
  }

  /** Lends the place to another server. `storing`: because it waits for the results store. */
  lend(storing = false): void {
    if (this.#lent === null) this.#lent = this.#tellRun(false, storing).catch(() => undefined);
  }

  /**
   * Waits until the server has a place, or no run any more. Resolves to how long that took, in milliseconds.
   * @throws ApplicationFailure TimedOut: the run gives it none
   */
  async takeBack(): Promise<number> {
    if (this.#lent === null) return 0;
    const began = Date.now();
    await this.#lent; // of two signals, the second could arrive first
    this.#lent = null;
    this.#hasPlace = false;
    if (patched('asks-again-for-its-place')) await this.#askForPlace();
    else {
      await this.#tellRun(true);
      await condition(() => this.#hasPlace);
    }
    return Date.now() - began;
  }

  /** Asks every hour, because a run that was reset may have lost the message, or have ended. */
  async #askForPlace(): Promise<void> {
    // The other half is for the server itself.
    const limitMs = (workflowInfo().runTimeoutMs ?? 48 * HOUR_MS) / 2;
    const pauseMs = Math.min(HOUR_MS, limitMs);
    for (let waitedMs = 0; waitedMs < limitMs; waitedMs += pauseMs) {
      if (!(await this.#tellRun(true))) return;
      const summary = `a place in the run ${this.#run}`;
      if (await condition(() => this.#hasPlace, pauseMs, { summary })) return;
    }
    const message =
      `the run ${this.#run} gave it no place within ${durationText(limitMs / 1000)}; ` +
      'see in the Web UI which servers that run is measuring, then run this server again';
    throw ApplicationFailure.nonRetryable(message, 'TimedOut');
  }

  /** Resolves to false if there is no run. */
  async #tellRun(isWanted: boolean, storing = false): Promise<boolean> {
    const { workflowId: server } = workflowInfo();
    try {
      const run = getExternalWorkflowHandle(this.#run);
      await run.signal(placeSignal, { server, isWanted, ...(storing && { storing }) });
      return true;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return false;
    }
  }
}
