import type { LoginAnswer } from '../domain/plans/plan.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';

/** If this many servers refuse the key and none accepts it, the key is wrong. */
export const MAX_REFUSED = 5;

/**
 * Limits which servers may be tried until one has accepted the user and key: a wrong key tried on every server could lock
 * the worker out of the whole fleet. Until then, at most {@link MAX_REFUSED} servers can refuse the key; after it, all
 * servers may be tried. Waits and wakes in a fixed order, so that workflow code may use it.
 */
export class AuthenticationGate {
  #isOpen = false;
  readonly #refused = new Set<string>();
  readonly #unanswered = new Set<string>();
  #waiting: (() => void)[] = [];

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Waits for the decision whether the server may be tried. Null: it may, and {@link ended} is called at its end. Else: the reason. */
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

  /** Lets all servers in: the key is right, or no limit is needed. */
  open(): void {
    this.#isOpen = true;
    this.#wake();
  }

  /** Records the answer of a server. A server without an answer is probably down: others do not wait for it. */
  answered(serverId: string, login: LoginAnswer['login']): void {
    this.#unanswered.delete(serverId);
    if (login === 'refused') this.#refused.add(serverId);
    if (login === 'accepted') this.#isOpen = true;
    this.#wake();
  }

  /** Records the end of a server, whose row may say more than its first answer. */
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

/** Whether the server accepted the key: it was inspected, or busy with other work (not just in use by another run). */
function isAuthenticated({ hardwareClass, startedAt, error }: ServerRow): boolean {
  return hardwareClass !== null || (startedAt !== null && error?.type === 'ServerBusy');
}
