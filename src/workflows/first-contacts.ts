import type { ServerRow } from '../domain/server-row.ts';

/** A key that so many servers refused, while none took it, is wrong. */
export const MOST_REFUSED = 5;

/**
 * Who may be tried while nobody knows whether the user and the key are right: a wrong key that goes everywhere locks the
 * worker out everywhere. So few at once that no more than {@link MOST_REFUSED} can refuse it, until a server lets us in;
 * then all. Waits and wakes in order, so that a workflow may use it.
 */
export class FirstContacts {
  #anyoneReached = false;
  readonly #refused: string[] = [];
  readonly #unanswered = new Set<string>();
  #waiting: (() => void)[] = [];

  get anyoneReached(): boolean {
    return this.#anyoneReached;
  }

  /** Waits until the server may be tried. Resolves to why it may not; null: it may, and {@link ended} has to follow. */
  async enter(serverId: string): Promise<string | null> {
    while (!this.#anyoneReached && this.#refused.length < MOST_REFUSED && !this.#hasRoom()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#anyoneReached || this.#refused.length < MOST_REFUSED) {
      this.#unanswered.add(serverId);
      return null;
    }
    const names = this.#refused.join(', ');
    return `stopped after ${MOST_REFUSED} servers refused the key: ${names}; check user and key`;
  }

  /** A server has let us in. */
  reached(): void {
    this.#anyoneReached = true;
    this.#wake();
  }

  /** A server that has not answered for so long is down rather than about to refuse; others need not wait for it. */
  slow(serverId: string): void {
    if (this.#unanswered.delete(serverId)) this.#wake();
  }

  ended(row: ServerRow): void {
    this.#unanswered.delete(row.serverId);
    if (row.error?.type === 'AuthenticationFailed') this.#refused.push(row.serverId);
    if (letIn(row)) this.#anyoneReached = true;
    this.#wake();
  }

  #hasRoom(): boolean {
    return this.#unanswered.size + this.#refused.length < MOST_REFUSED;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** It was looked at, or would have been but for other work on it; not merely in use by another run. */
function letIn({ hardwareClass, startedAt, error }: ServerRow): boolean {
  return hardwareClass !== null || (startedAt !== null && error?.type === 'ServerBusy');
}
