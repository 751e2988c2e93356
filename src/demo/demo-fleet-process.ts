import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { DEMO_USER, type DemoServer } from './demo-configuration.ts';
import { demoFiles } from './demo-folder.ts';
import { makeKey } from './demo-key.ts';
import { startDemoSshServer, type DemoSshServer } from './demo-ssh-server.ts';
import { measuringCpus } from './measuring-cpus.ts';
import { startNoisyNeighbour } from './noisy-neighbour.ts';
import { reserveRefusedPort } from '../processes/ports.ts';
import { createCpuQueue, createServerCpu } from './server-cpu.ts';

// Program: demo-fleet-process DIRECTORY HEALTHY. Prints the servers as one line of JSON once all of them listen; ends
// when its standard input ends, and kills everything that its commands started.
const [directory, healthy] = process.argv.slice(2) as [string, string];

const queue = createCpuQueue(await measuringCpus());
const running: DemoSshServer[] = [];
const servers: DemoServer[] = [];
const knownHosts: string[] = [];

process.stdin.resume();
for (const event of ['end', 'error']) {
  process.stdin.on(event, () => {
    for (const server of running) server.killCommands();
    process.exit();
  });
}

const files = demoFiles(directory);
const clientKey = makeKey('fleetmark demo');
await writeFile(files.key, clientKey.private, { mode: 0o600 });
const authorizedKey = ssh2.utils.parseKey(clientKey.public) as ParsedKey;

for (let number = 1; number <= Number(healthy); number += 1) await startServer(`demo-${number}`, 'healthy');
await startServer('demo-slow', 'slow');
servers.push({ serverId: 'demo-unreachable', port: await reserveRefusedPort(), role: 'unreachable' });
await writeFile(files.knownHosts, knownHosts.join(''), { mode: 0o600 });
console.log(JSON.stringify(servers));

async function startServer(serverId: string, role: 'healthy' | 'slow'): Promise<void> {
  const home = join(directory, serverId);
  await mkdir(home, { mode: 0o700, recursive: true });
  const hostKey = makeKey();
  const mark = `FLEETMARK_DEMO_SERVER_${randomBytes(12).toString('hex')}`;
  const server = await startDemoSshServer({
    hostKey: hostKey.private,
    user: DEMO_USER,
    authorizedKey,
    home,
    env: { ...loginEnvironment(mark), HOME: home, USER: DEMO_USER, LOGNAME: DEMO_USER, SHELL: '/bin/sh' },
    cpu: createServerCpu({
      queue,
      hasDetachedProcesses: () => Promise.resolve(hasMarkedProcess(mark)),
      ...(role === 'slow' ? { startNeighbour: startNoisyNeighbour } : {}),
    }),
  });
  running.push(server);
  servers.push({ serverId, port: server.port, role });
  knownHosts.push(`[127.0.0.1]:${server.port} ${hostKey.public.trim()}\n`);
}

/**
 * A minimal login environment, plus marks by which the supervisor and the server find all processes to kill. The marks are
 * in one variable, which fleetmark's shells on servers pass on.
 */
function loginEnvironment(mark: string): NodeJS.ProcessEnv {
  const owned = Object.keys(process.env).filter((name) => name.startsWith('FLEETMARK_OWNED_'));
  const marks = [...owned, mark].map((name) => `${name}=1`);
  return { PATH: process.env['PATH'], FLEETMARK_MARKS: marks.join(' ') };
}

/** Whether any process has this mark in its environment, in any session or process group. */
function hasMarkedProcess(mark: string): boolean {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${mark}=`);
    } catch {
      return false;
    }
  });
}
