import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programArguments } from '../processes/program-file.ts';
import type { Neighbour } from './server-cpu.ts';

/** Slows a CPU down with real load. Resolves when the load has started; it ends with this process. */
export async function startNoisyNeighbour(cpu: number): Promise<Neighbour> {
  const program = [process.execPath, ...programArguments('demo/noisy-neighbour-process')];
  const child = spawn('taskset', ['-c', String(cpu), ...program], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit');
  const failed = ended.then(([status]) => {
    throw new Error(`the noisy neighbour ended with status ${status}`);
  });
  await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => undefined);
  return {
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
