import type { Waiting } from './retry.ts';
import { Slots } from '../../waiting/slots.ts';

/** Below the 10 of sshd's `MaxStartups 10:30:100`, above which it begins to refuse. */
const MAX_AT_ONCE = 8;
/** For this long a refusal is remembered. */
const CAUTION_MS = 60_000;

/** How many handshakes there are at a time with each of the SSH servers that have to bear them. */
export class HandshakeSlots {
  readonly #all = new Map<string, { slots: Slots; refusedAt: number }>();

  /**
   * Does `work` once there is a slot with each of them. Where there are several, all callers must name them in the same
   * order, or two could wait for each other. Aborted while it waits: rejects with the reason of the signal.
   */
  async hold<T>(
    names: readonly string[],
    { signal, waiting }: { signal: AbortSignal; waiting: Waiting },
    work: () => Promise<T>
  ): Promise<T> {
    const [name, ...others] = names;
    if (name === undefined) return work();
    const slots = this.#slotsOf(name);
    await waiting(slots.take(signal));
    try {
      return await this.hold(others, { signal, waiting }, work);
    } finally {
      slots.release();
    }
  }

  /** It closed a connection before anything was said: it has more of them than it bears. */
  refused(name: string): void {
    this.#slotsOf(name).shrink();
    this.#all.get(name)!.refusedAt = performance.now();
  }

  #slotsOf(name: string): Slots {
    const known = this.#all.get(name);
    if (known && (known.slots.held > 0 || performance.now() - known.refusedAt < CAUTION_MS)) return known.slots;
    const slots = new Slots(MAX_AT_ONCE);
    this.#all.set(name, { slots, refusedAt: -Infinity });
    return slots;
  }
}
