/**
 * Program: `npm run bench:start`. The time until the first words of `fleetmark run`, beside that of a Node.js that does
 * nothing: the median of 20, in turn. Exits with 1 above 0.1 s.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median } from '../../src/domain/measurements/statistics.ts';
import buildPrograms, { builtProgram } from '../support/built-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const REPEATS = 20;
const LIMIT_MS = 100;

const folder = temporaryFolder('bench-start');
await buildPrograms();
const nothing: number[] = [];
const words: number[] = [];
for (let round = 0; round < REPEATS; round++) {
  nothing.push(await firstOutput(['-e', 'console.error(0)']));
  words.push(await firstOutput([builtProgram('client'), 'run']));
}
const time = median(words);
console.log(`node -e 'console.error(0)': ${median(nothing).toFixed(0)} ms`);
console.log(`first words of run: ${time.toFixed(0)} ms${time > LIMIT_MS ? `: above ${LIMIT_MS}` : ''}`);
if (time > LIMIT_MS) process.exitCode = 1;

async function firstOutput(args: string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, FLEETMARK_STATE: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  await once(child.stderr, 'data');
  const milliseconds = performance.now() - begin;
  child.kill();
  await ended;
  return milliseconds;
}
