import { readCommand } from '../../src/outputs/read-command.ts';
import { realReader } from '../outputs/command-of.ts';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue, kindsOf } from '../../src/benchmarks/catalogue.ts';
import type { Configuration } from '../../src/domain/plans/configuration.ts';
import type { Expectations } from '../../src/domain/verdicts/expectation.ts';
import {
  DEMO_TOLERANCE,
  writeDemoConfiguration,
  type DemoServer,
  type DemoTool,
} from '../../src/demo/demo-configuration.ts';
import { readConfiguration } from '../support/read-configuration.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let directory: string;
beforeAll(async () => {
  directory = temporaryFolder("it's a demo");
  await writeFile(join(directory, 'known_hosts'), '');
});

const servers: DemoServer[] = [
  { serverId: 'demo-1', port: 40001, role: 'healthy' },
  { serverId: 'demo-slow', port: 40002, role: 'slow' },
];

async function written(tool: DemoTool, expectations: Expectations | null): Promise<Configuration> {
  const file = await writeDemoConfiguration({ directory, servers, tool }, expectations);
  return readConfiguration(file, { kinds: kindsOf(catalogue) });
}

describe('the configuration of the demo', () => {
  test('is valid', async () => {
    const configuration = await written('sysbench', null);
    expect([...configuration.servers.values()]).toMatchObject([
      { serverId: 'demo-1', host: '127.0.0.1', port: 40001, user: 'demo', keyFile: join(directory, 'id_ed25519') },
      { serverId: 'demo-slow', port: 40002 },
    ]);
    expect(configuration.ssh).toMatchObject({ giveUpAfterMs: 3000, agentSocket: null });
    expect(configuration.benchmarks.map(({ benchmark }) => benchmark)).toEqual(['cpu', 'gpu']);
    expect(configuration.expect).toEqual({ default: {} });
  });

  test.each(['sysbench', 'node'] as const)('uses the calibration as expectations with %s', async (tool) => {
    const expectations = { 'cpu.events_per_second': { reference: 4321.5, tolerance: DEMO_TOLERANCE } };
    expect((await written(tool, expectations)).expect).toEqual({ default: expectations });
  });

  test('measures in Node if there is no tool', async () => {
    const [cpu] = (await written('node', null)).benchmarks;
    const { command, output } = cpu!.command!;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { cwd: '/' });
    const { readings, error } = readCommand(output, { stdout, stderr: '' }, realReader());
    expect(error).toBeNull();
    expect(readings).toMatchObject([{ metric: 'cpu.events_per_second', unit: 'events/s', better: 'higher' }]);
    expect(readings[0]!.value).toBeGreaterThan(0);
  });
});
