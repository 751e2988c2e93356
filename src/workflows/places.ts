/**
 * The places of a run: at most `max` servers are under load. A server that only connects, looks or cleans for long lends its
 * place to another one, and gets one back before it is measured; at most `max` servers at once do so. Waits and wakes in a
 * fixed order, so that workflow code may use it.
 */
export class Places {
  readonly #max: number;
  /** Servers that get a place next, each with its wake-up: those that have lent theirs come first. */
  readonly #returning = new Map<string, () => void>();
  readonly #starting = new Map<string, () => void>();
  readonly #away = new Set<string>();
  readonly #inside = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Waits for a place for a server that starts. */
  async enter(serverId: string): Promise<void> {
    await this.#placeFor(serverId, this.#starting);
  }

  /** Lends the place of a server to another one, if it has one and not too many have done so. */
  lend(serverId: string): void {
    if (this.#away.size >= this.#max || !this.#inside.delete(serverId)) return;
    this.#away.add(serverId);
    this.#next();
  }

  /** Waits until a server has its place again. False if it has ended meanwhile, or already waits. */
  async reenter(serverId: string): Promise<boolean> {
    if (this.#returning.has(serverId)) return false;
    if (!this.#away.has(serverId)) return this.#inside.has(serverId);
    await this.#placeFor(serverId, this.#returning);
    return this.#inside.has(serverId);
  }

  /** The server has ended, and needs no place any more. */
  end(serverId: string): void {
    this.#away.delete(serverId);
    this.#returning.get(serverId)?.();
    this.#returning.delete(serverId);
    if (this.#inside.delete(serverId)) this.#next();
  }

  async #placeFor(serverId: string, queue: Map<string, () => void>): Promise<void> {
    if (this.#inside.size < this.#max) this.#enters(serverId);
    else await new Promise<void>((wake) => queue.set(serverId, wake));
  }

  #next(): void {
    const queue = this.#returning.size > 0 ? this.#returning : this.#starting;
    for (const [serverId, wake] of queue) {
      queue.delete(serverId);
      this.#enters(serverId);
      return wake();
    }
  }

  #enters(serverId: string): void {
    this.#away.delete(serverId);
    this.#inside.add(serverId);
  }
}
