import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { programArguments } from '../processes/program-file.ts';

/** 20 ms of CPU time in each 50 ms: leaves about 59 % to another program on that CPU (measured with sysbench). */
const BURN_MS = 20;
const PERIOD_MS = 50;

/**
 * Slows a CPU down with real load. Without `taskset`, it loads all CPUs a little. Resolves when the load has started; it
 * ends with this process.
 */
export async function startNoisyNeighbour(taskset: string | null, cpu: number): Promise<{ stop(): Promise<void> }> {
  const count = taskset === null ? availableParallelism() : 1;
  const neighbours = await Promise.all(Array.from({ length: count }, () => startOne(taskset, cpu)));
  return {
    stop: async () => {
      await Promise.all(neighbours.map((stop) => stop()));
    },
  };
}

async function startOne(taskset: string | null, cpu: number): Promise<() => Promise<void>> {
  const node = [
    process.execPath,
    ...programArguments('demo/noisy-neighbour-process'),
    String(BURN_MS),
    String(PERIOD_MS),
  ];
  const [program, ...args] = taskset === null ? node : [taskset, '-c', String(cpu), ...node];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit');
  const burns = once(child.stdout, 'data');
  const failed = ended.then(([status]) => {
    throw new Error(`the noisy neighbour ended with status ${status}`);
  });
  await Promise.race([burns, failed]);
  failed.catch(() => undefined);
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}
