/**
 * Measures how much fleetmark lowers a score: `npx tsx test/bench/score.ts [ROUNDS]`. Runs sysbench directly, as a detached
 * job, and as a detached job while another server is prepared again and again. This machine should be idle. Servers are
 * machines of their own, so the benchmark has CPU 0 for itself, and all else has CPU 1. The goal: the medians differ by at
 * most 0.5 %.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { machineCommand } from '../../src/benchmarks/machine.ts';
import { withMachineState } from '../../src/benchmarks/machine-state.ts';
import { median } from '../../src/domain/measurements/statistics.ts';
import { Lab } from '../ssh/jobs/lab.ts';
import { startSshd } from '../support/sshd.ts';

const MAX_DIFFERENCE = 0.005;
const rounds = Number(process.argv[2] ?? 10);
const command = 'taskset -c 0 sysbench cpu --threads=1 --time=10 run';

// With all its threads; what it starts inherits this.
execFileSync('taskset', ['-a', '-cp', '1', String(process.pid)], { stdio: 'ignore' });
const sshds = [await startSshd(), await startSshd()] as const;
const [lab, neighbours] = [new Lab(sshds[0]), new Lab(sshds[1])];
let prepared = 0;

function scoreIn(output: string): number {
  return Number(/events per second:\s+(\S+)/.exec(output)![1]);
}

/** Connects to another server and looks at it every second, as before a benchmark, until the work ends. */
async function besideNeighbours<Result>(work: Promise<Result>): Promise<Result> {
  let isOver = false;
  const ended = work.finally(() => (isOver = true));
  while (!isOver) {
    const ssh = neighbours.worker();
    const signal = AbortSignal.timeout(10_000);
    const server = { serverId: 'web-8', signal };
    await ssh.runCommand({ ...server, command: machineCommand(['sysbench']), commandId: 'look', timeoutMs: 10_000 });
    await ssh.jobs.probeJobs(server);
    await ssh.close();
    prepared += 1;
    await Promise.race([ended.catch(() => undefined), delay(1_000)]);
  }
  return ended;
}

const scores: Record<'by hand' | 'through' | 'beside', number[]> = { 'by hand': [], through: [], beside: [] };
try {
  const ssh = lab.worker({ limits: { pollSeconds: 10 }, keepaliveMs: 10_000 });
  const through = async (): Promise<number> => {
    const { run } = await lab.job(ssh);
    return scoreIn((await run(withMachineState(command, { gpus: false }))).stdout);
  };
  for (let round = 1; round <= rounds; round += 1) {
    scores['by hand'].push(scoreIn(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })));
    scores.through.push(await through());
    scores.beside.push(await besideNeighbours(through()));
    console.log(
      `${round}: ${Object.entries(scores)
        .map(([name, all]) => `${name} ${all.at(-1)}`)
        .join(', ')}`
    );
  }
} finally {
  await lab.close();
  await neighbours.close();
  for (const sshd of sshds) await sshd.stop();
}
for (const name of ['through', 'beside'] as const) {
  const ratio = median(scores[name]) / median(scores['by hand']);
  const isWithin = Math.abs(ratio - 1) <= MAX_DIFFERENCE;
  console.log(`${name}: ${ratio.toFixed(4)} of by hand, within 0.5 %: ${isWithin}`);
  if (!isWithin) process.exitCode = 1;
}
console.log(`neighbours prepared: ${prepared}`);
