import { setTimeout as delay } from 'node:timers/promises';

/** A queue for CPUs: each is used by one server at a time, first come, first served. */
export interface CpuQueue {
  acquire(): Promise<number>;
  release(cpu: number): void;
}

export function createCpuQueue(cpus: readonly number[]): CpuQueue {
  const free = [...cpus];
  const waiting: ((cpu: number) => void)[] = [];
  return {
    acquire: () => {
      const cpu = free.shift();
      return cpu === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(cpu);
    },
    release: (cpu) => {
      const next = waiting.shift();
      if (next) next(cpu);
      else free.push(cpu);
    },
  };
}

export interface Neighbour {
  stop(): Promise<void>;
}

export interface ServerCpuOptions {
  queue: CpuQueue;
  /** Whether a detached job of this server is still running. */
  hasDetachedProcesses: () => Promise<boolean>;
  /** Starts the noisy neighbour, which shares the CPU with the server. */
  startNeighbour?: (cpu: number) => Promise<Neighbour>;
}

/** The CPU of a demo server. */
export interface ServerCpu {
  /** Waits for the server's CPU. Each `enter` needs a `leave`, also after a rejection. */
  enter(): Promise<number>;
  leave(): void;
}

/**
 * A demo server acquires one CPU with its first command and keeps it until its last process has ended. Further commands of
 * the same server share it without waiting, so a running job can always be polled or killed, and there is no deadlock. No
 * two servers measure on the same CPU.
 */
export function createServerCpu({ queue, hasDetachedProcesses, startNeighbour }: ServerCpuOptions): ServerCpu {
  let hold: Promise<{ cpu: number; neighbour: Neighbour | undefined }> | null = null;
  let commands = 0;

  const take = async () => {
    const cpu = await queue.acquire();
    try {
      return { cpu, neighbour: await startNeighbour?.(cpu) };
    } catch (error) {
      queue.release(cpu);
      hold = null;
      throw error;
    }
  };

  const release = async () => {
    const held = hold;
    if (held === null) return;
    const { cpu, neighbour } = await held;
    while (commands === 0 && hold === held && (await hasDetachedProcesses())) await delay(100);
    if (commands > 0 || hold !== held) return;
    hold = null;
    await neighbour?.stop();
    queue.release(cpu);
  };

  return {
    enter: async () => {
      commands += 1;
      hold ??= take();
      return (await hold).cpu;
    },
    leave: () => {
      commands -= 1;
      if (commands === 0) release().catch(() => undefined); // `enter` reports the error
    },
  };
}
