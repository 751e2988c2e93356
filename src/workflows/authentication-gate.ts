import type { LoginAnswer } from '../domain/plans/plan.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';

/** A key that so many servers refused, while none took it, is wrong. */
export const MAX_REFUSED = 5;

/**
 * Who may be tried while the run has not seen that the user and the key are right: a wrong key that goes everywhere locks the
 * worker out everywhere. So few at once that no more than {@link MAX_REFUSED} can refuse it, until a server lets us in;
 * then all. Waits and wakes in order, so that a workflow may use it.
 */
export class AuthenticationGate {
  #isOpen = false;
  readonly #refused = new Set<string>();
  readonly #unanswered = new Set<string>();
  #waiting: (() => void)[] = [];

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Waits until the server may be tried. Resolves to why it may not; null: it may, and {@link ended} has to follow. */
  async enter(serverId: string): Promise<string | null> {
    while (!this.#isOpen && this.#refused.size < MAX_REFUSED && !this.#hasRoom()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#isOpen || this.#refused.size < MAX_REFUSED) {
      this.#unanswered.add(serverId);
      return null;
    }
    const names = [...this.#refused].join(', ');
    return `stopped after ${MAX_REFUSED} servers refused the key: ${names}; check user and key`;
  }

  /** The key is right, or there is nothing to guard. */
  open(): void {
    this.#isOpen = true;
    this.#wake();
  }

  /** A server without an answer is down rather than about to refuse; others need not wait for it. */
  answered(serverId: string, login: LoginAnswer['login']): void {
    this.#unanswered.delete(serverId);
    if (login === 'refused') this.#refused.add(serverId);
    if (login === 'accepted') this.#isOpen = true;
    this.#wake();
  }

  /** Its row may tell more than its first answer. */
  ended(row: ServerRow): void {
    const isRefused = row.error?.type === 'AuthenticationFailed';
    this.answered(row.serverId, isAuthenticated(row) ? 'accepted' : isRefused ? 'refused' : 'unknown');
  }

  #hasRoom(): boolean {
    return this.#unanswered.size + this.#refused.size < MAX_REFUSED;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** It was looked at, or would have been but for other work on it; not merely in use by another run. */
function isAuthenticated({ hardwareClass, startedAt, error }: ServerRow): boolean {
  return hardwareClass !== null || (startedAt !== null && error?.type === 'ServerBusy');
}
