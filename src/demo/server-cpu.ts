import { setTimeout as delay } from 'node:timers/promises';
import type { CpuQueue } from './cpu-queue.ts';

export interface ServerCpuOptions {
  queue: CpuQueue;
  /** Whether a process of this server still runs that no command waits for (a detached job). */
  hasDetachedProcesses: () => Promise<boolean>;
  /** Starts what shares the CPU with the server for as long as it has it. */
  startNeighbour?: (cpu: number) => Promise<{ stop(): Promise<void> }>;
}

/** The one CPU of a demo server. */
export interface ServerCpu {
  /** Waits for the server's CPU. Each `enter` needs a `leave`, also after a rejection. */
  enter(): Promise<number>;
  leave(): void;
}

/**
 * A demo server borrows one CPU when its first command comes and keeps it until its last process is gone. Further
 * commands of the same server share it at once: a server that has a CPU waits for nobody, so none can deadlock, a
 * running job can always be looked after or killed, and no two servers ever measure on the same CPU.
 */
export function createServerCpu({ queue, hasDetachedProcesses, startNeighbour }: ServerCpuOptions): ServerCpu {
  interface HeldCpu {
    cpu: number;
    neighbour: { stop(): Promise<void> } | undefined;
  }
  let hold: Promise<HeldCpu> | null = null;
  let commands = 0;

  const take = async (): Promise<HeldCpu> => {
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
      if (commands === 0) release().catch(() => undefined); // what went wrong, `enter` has told
    },
  };
}
