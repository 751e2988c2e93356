import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Failure } from '../domain/failures/failure.ts';
import type { Logger } from '../logging/logger.ts';
import { demoFiles } from './demo-folder.ts';
import { findExecutable } from '../processes/find-executable.ts';
import { writeDemoConfiguration, type DemoServer, type DemoTool } from './demo-configuration.ts';
import { spawnOwned } from '../processes/owned-process.ts';
import { programArguments } from '../processes/program-file.ts';

export interface DemoFleet {
  directory: string;
  servers: DemoServer[];
  tool: DemoTool;
  /** Its `fleetmark.yaml`, without expectations until `writeDemoConfiguration` adds them. */
  configurationFile: string;
  /** Resolves with the exit status when the fleet ends, stopped or not. */
  exited: Promise<number>;
  /** Ends the fleet and every process that its commands have started. */
  stop(): Promise<void>;
}

export interface DemoFleetOptions {
  /** Created if missing, with private permissions. */
  directory: string;
  /** The number of healthy servers. */
  healthy?: number;
  env: NodeJS.ProcessEnv;
  log: Logger;
}

/**
 * Starts real SSH servers on free ports of 127.0.0.1, in a child process that ends with this one: healthy ones, `demo-slow`
 * with a noisy neighbour, and `demo-unreachable`, where nothing listens. Generates new keys each time.
 * @throws Failure InvalidConfig without `taskset`; Error with the reason if the process does not start
 */
export async function startDemoFleet({ directory, healthy = 4, env, log }: DemoFleetOptions): Promise<DemoFleet> {
  if ((await findExecutable('taskset', env['PATH'])) === null)
    throw new Failure('InvalidConfig', 'The demo needs `taskset`: install the package util-linux.');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const files = demoFiles(directory);
  const tool = await findDemoTool(env['PATH']);
  const errors = await open(files.log, 'w', 0o600);
  const fleet = await spawnOwned({
    program: process.execPath,
    args: [...programArguments('demo/demo-fleet-process'), directory, String(healthy)],
    env,
    stdout: 'pipe',
    stderr: errors.fd,
  }).finally(() => errors.close());

  const lines = createInterface({ input: fleet.stdout! });
  const first = (await lines[Symbol.asyncIterator]().next()) as IteratorResult<string, undefined>;
  if (first.done) {
    const said = (await readFile(files.log, 'utf8')).trim();
    throw new Error(`The demo fleet ended with status ${await fleet.exited}: ${said.slice(-2000)}`);
  }
  const servers = JSON.parse(first.value) as DemoServer[];
  log.info({ directory, tool, servers }, 'demo fleet started');
  return {
    directory,
    servers,
    tool,
    configurationFile: await writeDemoConfiguration({ directory, servers, tool }, null),
    exited: fleet.exited,
    stop: async () => void (await fleet.stop()),
  };
}

async function findDemoTool(path: string | undefined): Promise<DemoTool> {
  for (const tool of ['sysbench', 'openssl'] as const) {
    if ((await findExecutable(tool, path)) !== null) return tool;
  }
  return 'node';
}
