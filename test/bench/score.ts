/**
 * Measures how much fleetmark lowers a score: `npx tsx test/bench/score.ts [PAIRS]`. Runs sysbench directly and as a
 * detached job, alternately, on this machine, which should be idle. The goal: the medians differ by at most 1 %.
 */
import { execFileSync } from 'node:child_process';
import { withMachineState } from '../../src/benchmarks/machine-state.ts';
import { median } from '../../src/domain/measurements/statistics.ts';
import { Lab } from '../ssh/jobs/lab.ts';
import { startSshd } from '../support/sshd.ts';

const pairs = Number(process.argv[2] ?? 10);
const seconds = 10;
const command = `sysbench cpu --threads="$(nproc)" --time=${seconds} run`;

function scoreIn(output: string): number {
  return Number(/events per second:\s+(\S+)/.exec(output)![1]);
}

const byHand: number[] = [];
const through: number[] = [];
const sshd = await startSshd({ config: ['SetEnv HOME=/nonexistent'] });
const lab = new Lab(sshd);
try {
  const ssh = lab.worker({ limits: { pollSeconds: 10 }, keepaliveMs: 10_000 });
  for (let pair = 1; pair <= pairs; pair += 1) {
    byHand.push(scoreIn(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })));
    const { run } = await lab.job(ssh);
    const watched = withMachineState(command, { gpus: false });
    through.push(scoreIn((await run(watched, { timeoutMs: 60_000 })).stdout));
    console.log(`${pair}: by hand ${byHand.at(-1)}, through fleetmark ${through.at(-1)}`);
  }
} finally {
  await lab.close();
  await sshd.stop();
}
const ratio = median(through) / median(byHand);
console.log(`ratio of the medians ${ratio.toFixed(4)}, within 1 %: ${Math.abs(ratio - 1) <= 0.01}`);
process.exitCode = Math.abs(ratio - 1) <= 0.01 ? 0 : 1;
