import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/temporal/dev-server.ts';
import { runningServer } from '../../src/temporal/server-lock.ts';
import { startOwner, type Owner } from '../support/owner.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { listen } from '../support/ports.ts';
import { silent } from '../support/silent.ts';

let stateDir: string;
const servers: DevServer[] = [];
const owners: Owner[] = [];

beforeEach(() => {
  stateDir = temporaryFolder('state');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await Promise.all(owners.splice(0).map((owner) => owner.kill('SIGKILL')));
  await eventually(
    () => processesWith(stateDir),
    (pids) => pids.length === 0
  );
});

async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({
    cli: temporalCli!,
    stateDir,
    configuration: '/a/fleetmark.yaml',
    say: () => undefined,
    log: silent,
    ...options,
  });
  servers.push(server);
  return server;
}

function startInOwner(): Owner {
  const owner = startOwner(`
    const { startDevServer } = await import(src + '/temporal/dev-server.ts');
    const { pino } = await import('pino');
    const options = { cli: ${JSON.stringify(temporalCli)}, stateDir: ${JSON.stringify(stateDir)}, configuration: '/owner/fleetmark.yaml' };
    const { address, attached } = await startDevServer({ ...options, say() {}, log: pino({ level: 'silent' }) });
    console.log(JSON.stringify({ address, attached }));
    setInterval(() => {}, 1000);
  `);
  owners.push(owner);
  return owner;
}

async function retentionDays(address: string): Promise<number> {
  const connection = await Connection.connect({ address });
  const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
  await connection.close();
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
}

const lock = async () =>
  JSON.parse(await readFile(join(stateDir, 'temporal.lock.json'), 'utf8')) as Record<string, unknown>;
const serversOf = () => processesWith(`start-dev`).filter((pid) => processesWith(stateDir).includes(pid));

describe.skipIf(temporalCli === null)('the embedded Temporal server', () => {
  test('answers, keeps closed runs for 30 days, and ends when stopped', async () => {
    const server = await start();
    expect(server).toMatchObject({ attached: false });
    expect(await retentionDays(server.address)).toBe(30);
    expect((await fetch(server.uiUrl)).status).toBe(200);
    expect(await lock()).toMatchObject({ pid: process.pid, address: server.address, uiUrl: server.uiUrl });
    await server.stop();
    expect(serversOf()).toEqual([]);
    const files = readdirSync(stateDir);
    expect(files).toContain('temporal.db');
    for (const file of files) expect(statSync(join(stateDir, file)).mode & 0o077).toBe(0);
    await expect(lock()).rejects.toThrow('ENOENT');
    expect(await start()).toMatchObject({ attached: false });
  });

  test('does not use the proxy of the environment', async () => {
    const nowhere = 'http://127.0.0.1:1';
    for (const name of ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy', 'NODE_USE_ENV_PROXY']) {
      for (const each of [name, name.toUpperCase()]) vi.stubEnv(each, name.startsWith('NODE') ? '1' : nowhere);
    }
    expect(await start()).toMatchObject({ attached: false });
    expect(await start()).toMatchObject({ attached: true });
    vi.unstubAllEnvs();
  });

  test('runs once per folder, with different ports, even if two start at the same time', async () => {
    const folders = ['a', 'b'].map((name) => join(stateDir, name));
    await Promise.all(folders.map((folder) => mkdir(folder)));
    const [one, two] = await Promise.all(folders.map((folder) => start({ stateDir: folder })));
    expect([one!.address, one!.uiUrl]).not.toEqual([two!.address, two!.uiUrl]);
    expect(await retentionDays(two!.address)).toBe(30);
    for (const { uiUrl } of [one!, two!]) expect((await fetch(uiUrl)).status).toBe(200);
  });

  test('runs only once for a folder, even if several processes start it at the same time', async () => {
    const lines = await Promise.all([startInOwner(), startInOwner(), startInOwner()].map((owner) => owner.nextLine()));
    const started = lines as { address: string; attached: boolean }[];
    expect(new Set(started.map(({ address }) => address)).size).toBe(1);
    expect(started.filter(({ attached }) => !attached)).toHaveLength(1);
    expect(await start()).toMatchObject({ address: started[0]!.address, attached: true });
    expect(await start()).toMatchObject({ configuration: '/owner/fleetmark.yaml' });
    expect(await runningServer(stateDir)).toMatchObject({ configuration: '/owner/fleetmark.yaml' });
  });

  test('is not stopped by processes that attached to it', async () => {
    const server = await start();
    await (await start()).stop();
    expect(await retentionDays(server.address)).toBe(30);
  });

  test('ends when its owner is killed with kill -9, and the next start takes over its database', async () => {
    const owner = startInOwner();
    expect(await owner.nextLine()).toMatchObject({ attached: false });
    await owner.kill('SIGKILL');
    expect(await start()).toMatchObject({ attached: false });
    await eventually(serversOf, (pids) => pids.length > 0 && pids.length <= 3); // supervisor, its watcher, server
  });

  test('reports an unexpected end, and can be started again', async () => {
    const server = await start();
    const [leader] = [(await lock())['server'] as { pid: number }];
    const temporal = serversOf().find((pid) => !processesWith('/bin/sh').includes(pid) && pid !== leader.pid);
    process.kill(temporal!, 'SIGKILL');
    expect(await server.exited).toBe(137);
    expect(await start()).toMatchObject({ attached: false });
  });
});

describe.skipIf(temporalCli === null)('a Temporal server that cannot start', () => {
  const refusal = (message: string) => ({ kind: 'InvalidConfig', message: expect.stringContaining(message) as string });

  test('because the requested port is in use, says so', async () => {
    const other = createServer();
    const port = await listen(other);
    await expect(start({ port })).rejects.toMatchObject(refusal(`Port ${port} of 127.0.0.1`));
    await expect(start({ uiPort: port })).rejects.toMatchObject(refusal(`Port ${port} of 127.0.0.1`));
    await expect(lock()).rejects.toThrow('ENOENT');
    other.close();
  });

  test('because its database is invalid, says so', async () => {
    await writeFile(join(stateDir, 'temporal.db'), 'garbage'.repeat(1000));
    await expect(start()).rejects.toMatchObject(refusal('file is not a database'));
    await expect(lock()).rejects.toThrow('ENOENT');
  });

  /** Crashes like a Go program the first times, then starts. The real server crashes too rarely to test. */
  const crashing = async (times: number): Promise<string> => {
    const [program, counter] = [join(stateDir, 'temporal'), join(stateDir, 'crashes')];
    const stack = `goroutine 1 [running]:\n${'main.main()\n\t/main.go:18 +0x96\n'.repeat(1000)}`;
    const story = `level=ERROR msg=old\npanic: failed assigning ephemeral port\n\n${stack}`;
    await writeFile(`${program}.story`, story);
    await writeFile(counter, '');
    const count = `echo x >>'${counter}'; [ "$(wc -l <'${counter}')" -gt ${times} ] && exec '${temporalCli}' "$@"`;
    await writeFile(program, `#!/bin/sh\n${count}\ncat '${program}.story' >&2\nexit 2\n`, { mode: 0o755 });
    return program;
  };

  test('because it crashed, is started again, and finally says why', async () => {
    const server = await start({ cli: await crashing(2) });
    await server.stop();
    await expect(start({ cli: await crashing(3) })).rejects.toMatchObject(
      refusal('ended with status 2: panic: failed assigning ephemeral port')
    );
  });

  test('because the program is not executable, says so', async () => {
    await expect(start({ cli: '/nowhere/temporal' })).rejects.toMatchObject(refusal('ended with status 127'));
    await expect(start({ cli: '/bin/false' })).rejects.toMatchObject(refusal('ended with status 1'));
  });
});
