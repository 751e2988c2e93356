import type { Waiting } from './retry.ts';
import { Slots } from '../../waiting/slots.ts';

/** Below the default `MaxStartups 10:30:100` of sshd, which refuses connections above 10. */
const MAX_HANDSHAKES = 8;
/** How long a refusal lowers the limit: a worker runs for weeks, a busy moment does not. */
const REMEMBER_REFUSAL_MS = 60_000;

/** Limits simultaneous handshakes with each SSH server. */
export class HandshakeSlots {
  readonly #slots = new Map<string, { slots: Slots; refusedAt: number }>();

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

  /** Lowers the limit: the server closed a connection before it identified itself. */
  refused(name: string): void {
    this.#slotsOf(name).shrink();
    this.#slots.get(name)!.refusedAt = performance.now();
  }

  #slotsOf(name: string): Slots {
    const known = this.#slots.get(name);
    if (known && (known.slots.held > 0 || performance.now() - known.refusedAt < REMEMBER_REFUSAL_MS))
      return known.slots;
    const slots = new Slots(MAX_HANDSHAKES);
    this.#slots.set(name, { slots, refusedAt: -Infinity });
    return slots;
  }
}
