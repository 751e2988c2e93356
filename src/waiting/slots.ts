/** Lets a number of holders in at a time, the others in the order in which they came. */
export class Slots {
  #limit: number;
  #held = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** Resolves once a slot is free. Aborted: rejects with the reason of the signal. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#held < this.#limit) {
      this.#held++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== enter);
        reject(signal.reason as Error);
      };
      this.#waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  release(): void {
    this.#held--;
    while (this.#held < this.#limit && this.#waiting.length > 0) {
      this.#held++;
      this.#waiting.shift()!();
    }
  }

  /** One less than now, if more than one is held: whoever is refused has to wait for another. */
  shrink(): void {
    this.#limit = Math.max(1, Math.min(this.#limit, this.#held - 1));
  }
}
