import type { Waiting } from './retry.ts';
import { Slots } from '../../waiting/slots.ts';

/** Below the 10 of sshd's `MaxStartups 10:30:100`, above which it begins to refuse. */
const MAX_HANDSHAKES = 8;

/** Limits the handshakes at the same time with each SSH server. */
export class HandshakeSlots {
  readonly #slots = new Map<string, Slots>();

  /** Does `work` once there is a slot at each server. All callers name them in the same order, or two could deadlock. */
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

  /** Allows fewer: the server closed a connection before it identified itself. */
  refused(name: string): void {
    this.#slotsOf(name).shrink();
  }

  #slotsOf(name: string): Slots {
    const slots = this.#slots.get(name) ?? new Slots(MAX_HANDSHAKES);
    this.#slots.set(name, slots);
    return slots;
  }
}
