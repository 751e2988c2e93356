/**
 * Program: `npm run bench:fleet`. 200 servers, each a real sshd with its own host key, 20 in parallel, with two commands of
 * 5 s each. The commands only sleep, so all time above 100 s is our overhead: connecting, checking the machine, Temporal.
 * Exits with 1 if the run takes more than 1.15 times as long, or if its results are inconsistent.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startSshds, type Sshd } from '../support/sshd.ts';
import { fleetmark } from './fleetmark.ts';
import { readRecord } from './record.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { scoreCommand, writeFleetmarkYaml } from '../support/fleetmark-yaml.ts';

const servers = 200;
const maxParallel = 20;
const commandSeconds = 5;
const benchmarks = ['cpu', 'gpu'];
const idealSeconds = (servers / maxParallel) * benchmarks.length * commandSeconds;
const limit = 1.15;

const folder = temporaryFolder('bench');
// The login files of this account (pyenv etc.: 0.1 s per command) must not count.
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
}

function writeConfiguration({ port, user, keyFile, knownHostsFile: knownHosts }: Sshd): string {
  // Each command records its start and end, so the concurrency is measured, not taken from Temporal.
  const note = (sign: string) => `echo ${sign} >>${join(folder, 'commands')}`;
  const command = `${note('+')}; sleep ${commandSeconds}; ${note('-')}; echo score: 80`;
  const file = join(folder, 'fleetmark.yaml');
  writeFleetmarkYaml(file, {
    servers: Object.fromEntries(hosts.map((host, index) => [`server-${index + 1}`, { host, port }])),
    ssh: { user, key: keyFile, knownHosts, agent: false, config: false },
    maxParallel,
    benchmarks: Object.fromEntries(benchmarks.map((benchmark) => [benchmark, scoreCommand(command)])),
    expect: Object.fromEntries(benchmarks.map((benchmark) => [`${benchmark}.score`, { min: 50 }])),
  });
  return file;
}

function judge(report: FleetReport, commandWall: number): void {
  const counted = Object.values(report.counts).reduce((sum, count) => sum + count, 0);
  const { maxConcurrency: max } = readRecord(readFileSync(join(folder, 'commands'), 'utf8'));
  const ratio = report.seconds / idealSeconds;
  const counts = Object.entries(report.counts).filter(([, count]) => count > 0);
  console.log(`rows           ${report.servers.length} of ${servers}`);
  console.log(`counts         ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`);
  console.log(`most at once   ${max} of ${maxParallel}`);
  console.log(
    `the run took   ${report.seconds.toFixed(1)} s (with Temporal's start and end: ${commandWall.toFixed(1)} s)`
  );
  console.log(`ideal          ${idealSeconds} s`);
  console.log(`ratio          ${ratio.toFixed(3)}, at most ${limit}`);
  const complete = report.servers.length === servers && counted === servers && report.counts.pass === servers;
  process.exitCode = complete && max <= maxParallel && ratio <= limit ? 0 : 1;
}
