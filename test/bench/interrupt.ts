/**
 * Measures how long Ctrl-C takes with 20 servers under load: `npx tsx test/bench/interrupt.ts [SECONDS...]`, after so many
 * seconds of a benchmark of 10 minutes (default: 5, and 90, when workers ask servers rarely). The goals: 10 s; 15 s for a
 * long benchmark. All servers must be cancelled, and nothing may be left.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { scoreCommand, writeFleetmarkYaml } from '../support/fleetmark-yaml.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { startSshds } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fleetmarkCommand } from './fleetmark.ts';

const SERVERS = 20;
const afterSeconds = process.argv.slice(2).map(Number);
const folder = temporaryFolder('interrupt');
const hosts = Array.from({ length: SERVERS }, (_, index) => `127.0.1.${index + 1}`);
const sshd = await startSshds(hosts);
const file = join(folder, 'fleetmark.yaml');

for (const seconds of afterSeconds.length > 0 ? afterSeconds : [5, 90]) {
  const started = join(folder, `started-${seconds}`);
  writeFleetmarkYaml(file, {
    servers: Object.fromEntries(hosts.map((host, index) => [`server-${index + 1}`, { host, port: sshd.port }])),
    ssh: { user: sshd.user, key: sshd.keyFile, knownHosts: sshd.knownHostsFile },
    maxParallel: SERVERS,
    benchmarks: { burn: scoreCommand(`echo >>${started}; sleep 600; echo score: 80`, { timeout: '20m' }) },
  });
  const [node, program] = fleetmarkCommand;
  const run = spawn(node, [program, 'run', '--config', file, '--yes', '--json', '--measure-only'], {
    env: { ...process.env, FLEETMARK_STATE: join(folder, `state-${seconds}`) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const printed = text(run.stdout);
  const count = (): number => (existsSync(started) ? readFileSync(started, 'utf8').length : 0);
  await eventually(count, (lines) => lines === SERVERS, 60_000);
  await delay(seconds * 1000);
  const begin = performance.now();
  run.kill('SIGINT');
  await once(run, 'exit');
  const took = (performance.now() - begin) / 1000;
  const { counts } = JSON.parse(await printed) as { counts: Record<string, number> };
  const left = processesWith(started).length;
  console.log(`after ${seconds} s: ${took.toFixed(1)} s, ${counts['cancelled']} of ${SERVERS} cancelled, ${left} left`);
  if (took > (seconds > 60 ? 15 : 10) || counts['cancelled'] !== SERVERS || left > 0) process.exitCode = 1;
}
await sshd.stop();
