/**
 * The places of a run: at most `max` servers are under load. A server that only connects, looks or cleans for long lends its
 * place to another one, and gets one back before it is measured; at most `max` servers at once do so. Waits and wakes in a
 * fixed order, so that workflow code may use it.
 */
export class Places {
  readonly #max: number;
  #free: number;
  /** Servers that get a place next: those that have lent theirs come first. */
  readonly #returning: Waiting[] = [];
  readonly #starting: Waiting[] = [];
  readonly #away = new Set<string>();
  readonly #inside = new Set<string>();

  constructor(max: number) {
    this.#max = max;
    this.#free = max;
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

  /** Waits until a server has its place again. False if it has ended meanwhile. */
  async reenter(serverId: string): Promise<boolean> {
    if (!this.#away.has(serverId)) return this.#inside.has(serverId);
    await this.#placeFor(serverId, this.#returning);
    return this.#inside.has(serverId);
  }

  /** The server has ended, and needs no place any more. */
  end(serverId: string): void {
    this.#away.delete(serverId);
    const waits = this.#returning.findIndex((each) => each.serverId === serverId);
    if (waits >= 0) this.#returning.splice(waits, 1)[0]!.wake();
    if (this.#inside.delete(serverId)) this.#next();
  }

  async #placeFor(serverId: string, queue: Waiting[]): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      this.#enters(serverId);
    } else await new Promise<void>((wake) => queue.push({ serverId, wake }));
  }

  #next(): void {
    const next = this.#returning.shift() ?? this.#starting.shift();
    if (next === undefined) this.#free += 1;
    else {
      this.#enters(next.serverId);
      next.wake();
    }
  }

  #enters(serverId: string): void {
    this.#away.delete(serverId);
    this.#inside.add(serverId);
  }
}

interface Waiting {
  serverId: string;
  wake: () => void;
}
