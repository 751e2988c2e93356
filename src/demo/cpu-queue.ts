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
