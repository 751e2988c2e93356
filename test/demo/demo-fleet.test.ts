import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemoFleet, type DemoFleet } from '../../src/demo/demo-fleet.ts';
import { makeKey } from '../../src/demo/demo-key.ts';
import { measuringCpus } from '../../src/demo/measuring-cpus.ts';
import { startOwner } from '../support/owner.ts';
import { commandLine, eventually, parentOf, processesWith } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { silent } from '../support/silent.ts';

let directory: string;
let fleet: DemoFleet;
const clients: Client[] = [];

beforeAll(async () => {
  directory = temporaryFolder('demo');
  fleet = await startDemoFleet({ directory, healthy: 2, env: process.env, log: silent });
});
afterAll(async () => {
  for (const client of clients) client.end();
  await fleet.stop();
});

const portOf = (serverId: string) => fleet.servers.find((server) => server.serverId === serverId)!.port;

async function logIn(serverId: string, options: ConnectConfig = {}): Promise<Client> {
  const privateKey = await readFile(join(directory, 'id_ed25519'));
  const client = new ssh2.Client();
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject);
    client.connect({ host: '127.0.0.1', port: portOf(serverId), username: 'demo', privateKey, ...options });
  });
}

function exec(client: Client, command: string, options: ssh2.ExecOptions = {}): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

async function run(client: Client, command: string): Promise<{ stdout: string; stderr: string; exit: unknown[] }> {
  const channel = await exec(client, command);
  channel.end();
  const exit = new Promise<unknown[]>((resolve) => channel.on('close', (...args: unknown[]) => resolve(args)));
  const [stdout, stderr] = await Promise.all([text(channel), text(channel.stderr)]);
  return { stdout, stderr, exit: (await exit).slice(0, 2) };
}

const neighboursOf = (folder: string) =>
  processesWith('noisy-neighbour-process').filter((pid) => commandLine(parentOf(pid)).includes(folder));
const neighbours = () => neighboursOf(directory);

describe('a demo server', () => {
  test('runs commands, and returns their output and exit status', async () => {
    const client = await logIn('demo-1');
    expect(await run(client, 'echo "out $HOME $USER"; echo err >&2; exit 7')).toEqual({
      stdout: `out ${join(directory, 'demo-1')} demo\n`,
      stderr: 'err\n',
      exit: [7],
    });
    expect((await run(client, 'kill -TERM $$')).exit).toEqual([null, 'SIGTERM']);
    expect((await run(client, 'head -c 3000000 /dev/zero | wc -c; head -c 3000000 /dev/zero')).stdout).toHaveLength(
      '3000000\n'.length + 3_000_000
    );
  });

  test('passes all input of the client to a command', async () => {
    const channel = await exec(await logIn('demo-1'), 'exec /bin/sh -s');
    channel.end('echo one\necho two\n');
    expect(await text(channel)).toBe('one\ntwo\n');
  });

  test('makes the command the leader of its own session', async () => {
    const { stdout } = await run(await logIn('demo-1'), 'cat /proc/$$/stat');
    const [pid, , , , group, session] = stdout.split(' ');
    expect([group, session]).toEqual([pid, pid]);
  });

  test('gives a command one CPU', async () => {
    expect((await run(await logIn('demo-2'), 'nproc')).stdout).toBe('1\n');
  });

  test('does not end a command whose channel is closed', async () => {
    const client = await logIn('demo-1');
    const channel = await exec(client, 'echo $$; sleep 3333.25; :');
    const pid = Number(await new Promise((resolve) => channel.once('data', resolve)));
    channel.close();
    await new Promise((resolve) => channel.once('close', resolve));
    expect((await run(client, `cat /proc/${pid}/cmdline`)).stdout).toContain('sleep 3333.25');
    await run(client, `kill -KILL -${pid}`);
  });

  test('offers no shell, terminal, subsystem, sftp or forwarding', async () => {
    const client = await logIn('demo-1');
    const refused = (start: (done: (error?: Error) => void) => unknown) =>
      new Promise<boolean>((resolve) => start((error) => resolve(error instanceof Error)));
    const port = portOf('demo-2');
    expect(await refused((done) => client.shell(false, done))).toBe(true);
    expect(await refused((done) => client.exec('true', { pty: true }, done))).toBe(true);
    expect(await refused((done) => client.subsys('netconf', done))).toBe(true);
    expect(await refused((done) => client.sftp(done))).toBe(true);
    expect(await refused((done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', port, done))).toBe(true);
    expect(await refused((done) => client.forwardIn('127.0.0.1', 0, done))).toBe(true);
    expect(await refused((done) => client.openssh_forwardOutStreamLocal('/tmp/x', done))).toBe(true);
  });

  test('accepts only its own key', async () => {
    const unknownKey = makeKey().private;
    await expect(logIn('demo-1', { privateKey: unknownKey })).rejects.toThrow('authentication methods failed');
    await expect(logIn('demo-1', { username: 'root' })).rejects.toThrow('authentication methods failed');
    const withPassword: ConnectConfig = { host: '127.0.0.1', port: portOf('demo-1'), username: 'demo', password: '' };
    const client = new ssh2.Client().connect(withPassword);
    await expect(new Promise((_resolve, reject) => client.on('error', reject))).rejects.toThrow('authentication');
  });

  test('has its host key in known_hosts, different for each server', async () => {
    const lines = (await readFile(join(directory, 'known_hosts'), 'utf8')).trim().split('\n');
    const keys = new Map(lines.map((line) => [line.split(' ')[0]!, line.split(' ')[2]!]));
    expect(new Set(keys.values()).size).toBe(3);
    for (const serverId of ['demo-1', 'demo-2', 'demo-slow']) {
      let seen = '';
      await logIn(serverId, { hostVerifier: (key: Buffer) => (seen = key.toString('base64')) !== '' });
      expect(keys.get(`[127.0.0.1]:${portOf(serverId)}`)).toBe(seen);
    }
  });
});

describe('the demo fleet', () => {
  test('needs taskset, and says which package has it', async () => {
    const options = { directory: join(directory, 'none'), env: { PATH: directory }, log: silent };
    await expect(startDemoFleet(options)).rejects.toMatchObject({
      kind: 'InvalidConfig',
      message: 'The demo needs `taskset`: install the package util-linux.',
    });
  });

  test('has private files', async () => {
    const modeOf = async (file: string) => (await stat(join(directory, file))).mode & 0o777;
    expect(await modeOf('.')).toBe(0o700);
    for (const file of ['id_ed25519', 'known_hosts', 'fleetmark.yaml']) expect(await modeOf(file)).toBe(0o600);
  });

  test('never runs more commands in parallel than it has CPUs, except for one server', async () => {
    const cpus = await measuringCpus();
    const log = join(directory, 'order');
    const command = `echo + >>${log}; sleep 0.1; echo - >>${log}`;
    const servers = await Promise.all(['demo-1', 'demo-2', 'demo-slow'].map((serverId) => logIn(serverId)));
    await Promise.all([...servers, ...servers].map((client) => run(client, command)));
    const [first, second] = [servers[0]!, await logIn('demo-1')];
    const waiting = exec(first, 'read answer; echo "$answer"');
    expect((await run(second, 'echo shared')).stdout).toBe('shared\n');
    const channel = await waiting;
    channel.end('done\n');
    expect(await text(channel)).toBe('done\n');

    let [running, most] = [0, 0];
    for (const line of (await readFile(log, 'utf8')).trim().split('\n')) {
      running += line === '+' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBeLessThanOrEqual(cpus.length * 2); // two commands per server
  });

  test('has a neighbour on the CPU of demo-slow only while a command of it runs', async () => {
    expect(neighbours()).toEqual([]);
    await run(await logIn('demo-1'), 'true');
    expect(neighbours()).toEqual([]);
    const channel = await exec(await logIn('demo-slow'), 'grep Cpus_allowed_list /proc/self/status; read line');
    const allowed = String(await new Promise((resolve) => channel.once('data', resolve)));
    const burning = neighbours();
    expect(burning).toHaveLength(1);
    expect(await readFile(`/proc/${burning[0]}/status`, 'utf8')).toContain(allowed);
    channel.end('\n');
    await buffer(channel);
    await eventually(neighbours, (pids) => pids.length === 0);
  });

  test('has a server whose port refuses connections and stays reserved', async () => {
    const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
      connect(portOf('demo-unreachable'), '127.0.0.1').on('error', resolve)
    );
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('ends with everything that its commands started, even if its owner is killed with kill -9', async () => {
    const folder = temporaryFolder('demo');
    const owner = startOwner(`
      const { startDemoFleet } = await import(src + '/demo/demo-fleet.ts');
      const { pino } = await import('pino');
      const options = { directory: ${JSON.stringify(folder)}, healthy: 1, env: process.env };
      const { servers } = await startDemoFleet({ ...options, log: pino({ level: 'silent' }) });
      console.log(JSON.stringify(servers.map(({ port }) => port)));
      setInterval(() => {}, 1000);
    `);
    const ports = (await owner.nextLine()) as number[];
    const privateKey = await readFile(join(folder, 'id_ed25519'));
    const start = async (port: number | undefined, command: string) => {
      const channel = await exec(await logIn('demo-1', { port: port!, privateKey }), command);
      await new Promise((resolve) => channel.once('data', resolve));
      channel.on('error', () => undefined);
    };
    const ignore = `trap "" TERM HUP PIPE;`;
    const slow = ports[1];
    await start(slow, `${ignore} setsid sh -c 'exec >/dev/null; sleep 3456.789; :' & echo begun; sleep 3456.789; :`);
    await start(slow, `${ignore} echo begun; sleep 3456.789; :`);
    for (const client of clients) client.on('error', () => undefined);

    const [neighbour] = neighboursOf(folder);
    expect(neighbour).toBeGreaterThan(0);
    const left = () => [
      ...processesWith('sleep 3456.789'),
      ...processesWith(folder),
      ...processesWith('noisy-neighbour-process').filter((pid) => pid === neighbour),
    ];
    expect(left().length).toBeGreaterThan(5);
    await owner.kill('SIGKILL');
    await eventually(left, (pids) => pids.length === 0);
  });
});
