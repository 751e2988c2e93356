import { condition, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { continueSignal, placeSignal } from './messages.ts';

/** The place of a server in its run, which it needs only while it is under load. */
export class Place {
  readonly #run: { workflowId: string; runId: string };
  #hasPlace = true;
  /** Resolves when the run knows that the place is lent. */
  #lent: Promise<void> | null = null;

  constructor(run: { workflowId: string; runId: string }) {
    this.#run = run;
    setHandler(continueSignal, () => void (this.#hasPlace = true), {
      description: 'the server has a place in its run',
    });
  }

  /** Lends the place to another server. `storing`: because it waits for the results store. */
  lend(storing = false): void {
    if (this.#lent === null) this.#lent = this.#tellRun(false, storing);
  }

  /** Waits until the server has a place. Resolves to how long that took, in milliseconds. */
  async takeBack(): Promise<number> {
    if (this.#lent === null) return 0;
    const began = Date.now();
    await this.#lent; // of two signals, the second could arrive first
    this.#lent = null;
    this.#hasPlace = false;
    await this.#tellRun(true);
    await condition(() => this.#hasPlace);
    return Date.now() - began;
  }

  async #tellRun(isWanted: boolean, storing = false): Promise<void> {
    const { workflowId, runId } = this.#run;
    const { workflowId: server } = workflowInfo();
    // If the run has ended, it has cancelled this server.
    await getExternalWorkflowHandle(workflowId, runId)
      .signal(placeSignal, { server, isWanted, ...(storing && { storing }) })
      .catch(() => undefined);
  }
}
