/**
 * Program: `npm run bench:cost`. Measures what the orchestration itself costs for each server: 60 real sshds, 20 at once, two
 * commands of 1 s on each, the median of three runs; then, for the waiting, one command of three minutes on 20 of them, from
 * its second minute on, less what worker and Temporal cost without a run. Exits with 1 above the budget. The started programs
 * are counted by strace, which must be installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { serverWorkflowId } from '../../src/domain/servers/server.ts';
import { median } from '../../src/domain/measurements/statistics.ts';
import { scoreCommand, writeFleetmarkYaml } from '../support/fleetmark-yaml.ts';
import { eventually } from '../support/processes.ts';
import { startSshds } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { fleetmark, fleetmarkCommand } from './fleetmark.ts';
import { sessionsOf } from './sshd-sessions.ts';
import { temporalPid } from './temporal-pid.ts';

const SERVERS = 60;
const MAX_PARALLEL = 20;
const WAIT_SECONDS = 180;
/** After a start and after runs, worker and Temporal have more to do for a while. */
const SETTLE_SECONDS = 60;
const WATCHED_SECONDS = WAIT_SECONDS - SETTLE_SECONDS - 10;

/** What a server may cost, in milliseconds of CPU time unless the name says otherwise. Null: no budget. */
const BUDGET: Record<string, number | null> = {
  'worker CPU, ms': 40,
  'Temporal CPU, ms': 40,
  'CPU on the server, ms': 80,
  channels: 3,
  'programs on the server': 30,
  'events in the history': null,
  'KiB of history': null,
  'worker and Temporal CPU per minute of waiting, ms': 15,
  'the same of both without a run, ms': null,
};

const folder = temporaryFolder('cost');
const hosts = Array.from({ length: SERVERS }, (_, index) => `127.0.1.${index + 1}`);
const sshd = await startSshds(hosts);
const sessions = sessionsOf(sshd);
const file = join(folder, 'fleetmark.yaml');
const environment = { FLEETMARK_STATE: join(folder, 'state') };

function configure(commands: Record<string, string>, settings = {}): void {
  writeFleetmarkYaml(file, {
    servers: Object.fromEntries(hosts.map((host, index) => [`server-${index + 1}`, { host, port: sshd.port }])),
    ssh: { user: sshd.user, key: sshd.keyFile, knownHosts: sshd.knownHostsFile },
    maxParallel: MAX_PARALLEL,
    benchmarks: Object.fromEntries(
      Object.entries(commands).map(([name, command]) => [name, scoreCommand(command, settings)])
    ),
  });
}

const run = async (servers = SERVERS): Promise<void> => {
  const limit = ['--limit', `server-[1-${servers}]`];
  const { stdout } = await fleetmark(
    ['run', '--config', file, '--yes', '--json', '--measure-only', ...limit],
    environment
  );
  const { counts } = JSON.parse(stdout) as { counts: Record<string, number> };
  if (counts['measured'] !== servers) throw new Error(`not all servers were measured: ${JSON.stringify(counts)}`);
};

/** CPU seconds so far. */
interface Costs {
  worker: number;
  temporal: number;
  server: number;
  channels: number;
}

configure({ cpu: 'sleep 1; echo score: 80', gpu: 'sleep 1; echo score: 80' });
const [node, program] = fleetmarkCommand;
const up = spawn(node, [program, 'up', '--config', file], {
  env: { ...process.env, ...environment },
  stdio: ['ignore', 'ignore', 'pipe'],
});
let messages = '';
up.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
await eventually(
  () => messages,
  (text) => text.includes('Up.')
);
const temporal = temporalPid(environment.FLEETMARK_STATE);

const costs = (): Costs => ({
  worker: cpuSeconds(up.pid!).own,
  temporal: cpuSeconds(temporal!).own,
  server: sessions.cpuSeconds(),
  channels: sshd.log().split('Starting session: ').length - 1,
});

const measured: Record<string, number[]> = {};
const note = (name: string, value: number): unknown => (measured[name] ??= []).push(value);

try {
  await run(); // the first one also loads what all runs need
  for (let round = 0; round < 3; round += 1) {
    await sessions.end();
    const before = costs();
    await run();
    const { temporal: temporalAtEnd } = costs(); // after that, it has nothing to do for these servers
    await sessions.end();
    const after = { ...costs(), temporal: temporalAtEnd };
    const per = (name: keyof Costs): number => (after[name] - before[name]) / SERVERS;
    note('worker CPU, ms', per('worker') * 1000);
    note('Temporal CPU, ms', per('temporal') * 1000);
    note('CPU on the server, ms', per('server') * 1000);
    note('channels', per('channels'));
  }
  note('programs on the server', await programsOfOneRun());
  await noteHistories();
  await noteWaiting();
} finally {
  up.kill('SIGINT');
  await once(up, 'exit');
  await sshd.stop();
}
report();

/** Counts what one run starts on all servers, without the two `sleep` of the benchmarks. */
async function programsOfOneRun(): Promise<number> {
  const trace = join(folder, 'trace');
  const strace = spawn(
    'strace',
    ['-f', '-qq', '-e', 'trace=execve', '-o', trace, ...sessions.listeners.flatMap((pid) => ['-p', String(pid)])],
    {
      stdio: 'ignore',
    }
  );
  const failed = once(strace, 'error').then(() => true);
  if (await Promise.race([failed, eventually(() => existsSync(trace), Boolean).then(() => false)])) return NaN;
  await run();
  await sessions.end();
  strace.kill('SIGINT');
  await once(strace, 'exit');
  const started = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => / = 0$/.test(line));
  return started.length / SERVERS - 2;
}

async function noteHistories(): Promise<void> {
  const [, address] = /^Temporal at (\S+?),/m.exec(messages)!;
  const connection = await Connection.connect({ address: address! });
  const { workflow } = new Client({ connection });
  for (let index = 1; index <= SERVERS; index += 1) {
    const { historyLength, historySize } = await workflow.getHandle(serverWorkflowId(`server-${index}`)).describe();
    note('events in the history', historyLength);
    note('KiB of history', (historySize ?? NaN) / 1024);
  }
  await connection.close();
}

/** CPU of worker and Temporal in milliseconds per minute. */
async function cpuPerMinute(): Promise<number> {
  await delay(SETTLE_SECONDS * 1000);
  const before = costs();
  await delay(WATCHED_SECONDS * 1000);
  const after = costs();
  return ((after.worker - before.worker + (after.temporal - before.temporal)) * 1000) / (WATCHED_SECONDS / 60);
}

async function noteWaiting(): Promise<void> {
  const idle = await cpuPerMinute();
  const sleeping = join(folder, 'sleeping');
  configure({ burn: `echo >>${sleeping}; sleep ${WAIT_SECONDS}; echo score: 80` }, { timeout: '1h' });
  const running = run(MAX_PARALLEL);
  await eventually(
    () => (existsSync(sleeping) ? readFileSync(sleeping, 'utf8').length : 0),
    (lines) => lines === MAX_PARALLEL
  );
  const waiting = await cpuPerMinute();
  note('worker and Temporal CPU per minute of waiting, ms', (waiting - idle) / MAX_PARALLEL);
  note('the same of both without a run, ms', idle);
  await running;
}

function report(): void {
  let exceeded = false;
  for (const [name, budget] of Object.entries(BUDGET)) {
    const value = median(measured[name] ?? [NaN]);
    const isExceeded = budget !== null && !(value <= budget);
    exceeded ||= isExceeded;
    const limit = budget === null ? '' : ` of ${budget}${isExceeded ? '  <- above the budget' : ''}`;
    console.log(`${name.padEnd(52)}${value.toFixed(1).padStart(7)}${limit}`);
  }
  process.exitCode = exceeded ? 1 : 0;
}
