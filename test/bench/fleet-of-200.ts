/**
 * Program: `npm run bench:fleet`. 200 servers, each a real sshd with a host key of its own, 20 at once, with two
 * commands of 5 s each. Waiting is no work, so what the run takes beyond 100 s is our own: connecting, looking at
 * the machine, Temporal. Exits with 1 above 1.15 times that, or if anything does not add up.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startSshds } from '../support/sshd.ts';
import type { Sshd } from '../support/sshd.ts';
import { fleetmark } from './fleetmark.ts';

const servers = 200;
const maxParallel = 20;
const commandSeconds = 5;
const benchmarks = ['cpu', 'gpu'];
const idealSeconds = (servers / maxParallel) * benchmarks.length * commandSeconds;
const limit = 1.15;

const folder = mkdtempSync(join(tmpdir(), 'fleetmark-bench-'));
// What the login files of this account cost (pyenv and the like: 0.1 s for each command) is not ours.
const hosts = Array.from({ length: servers }, (_, index) => `127.0.1.${index + 1}`);
const sshd = await startSshds(hosts, { config: [`SetEnv HOME=${folder}`] });
try {
  const config = writeConfiguration(sshd);
  const begin = performance.now();
  const { stdout } = await fleetmark(['run', '--config', config, '--yes', '--json'], {
    FLEETMARK_STATE: join(folder, 'state'),
  });
  const commandWall = (performance.now() - begin) / 1000;
  judge(JSON.parse(stdout) as FleetReport, commandWall);
} finally {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
}

function writeConfiguration({ port, user, keyFile, knownHostsFile: knownHosts }: Sshd): string {
  // Each command notes when it begins and ends, so that the most at once is what really ran, whatever Temporal says.
  const note = (sign: string) => `echo ${sign} >>${join(folder, 'commands')}`;
  const command = `${note('+')}; sleep ${commandSeconds}; ${note('-')}; echo score: 80`;
  const metrics = { score: { pattern: 'score: (\\S+)', unit: 'points', better: 'higher' } };
  const file = join(folder, 'fleetmark.yaml');
  const configuration = {
    servers: Object.fromEntries(hosts.map((host, index) => [`server-${index + 1}`, { host, port }])),
    ssh: { user, key: keyFile, knownHosts, agent: false, config: false },
    maxParallel,
    // All of them are this one machine: each is at work while the others are looked at.
    quiet: { cpu: 'off', gpuProcesses: 'off', otherLoad: 'off', steal: 'off', unused: 'off', throttling: 'off' },
    benchmarks: Object.fromEntries(benchmarks.map((benchmark) => [benchmark, { command, metrics }])),
    expect: { default: Object.fromEntries(benchmarks.map((benchmark) => [`${benchmark}.score`, { min: 50 }])) },
  };
  writeFileSync(file, stringify(configuration));
  return file;
}

function judge(report: FleetReport, commandWall: number): void {
  const counted = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  const most = mostAtOnce(readFileSync(join(folder, 'commands'), 'utf8').trim().split('\n'));
  const ratio = report.seconds / idealSeconds;
  const counts = Object.entries(report.counts).filter(([, count]) => count > 0);
  console.log(`rows           ${report.servers.length} of ${servers}`);
  console.log(`counts         ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  console.log(`most at once   ${most} of ${maxParallel}`);
  console.log(
    `the run took   ${report.seconds.toFixed(1)} s (with Temporal's start and end: ${commandWall.toFixed(1)} s)`
  );
  console.log(`ideal          ${idealSeconds} s`);
  console.log(`ratio          ${ratio.toFixed(3)}, at most ${limit}`);
  const complete = report.servers.length === servers && counted === servers && report.counts.pass === servers;
  process.exitCode = complete && most <= maxParallel && ratio <= limit ? 0 : 1;
}

/** How many commands ran at once at most, of what they noted one after another. */
function mostAtOnce(notes: readonly string[]): number {
  let running = 0;
  let most = 0;
  for (const note of notes) {
    running += note === '+' ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}
