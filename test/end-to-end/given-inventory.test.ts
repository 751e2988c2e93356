import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { RunForecast } from '../../src/domain/plans/run-forecast.ts';
import { startTemporal } from '../support/temporal.ts';
import { startFleetmark, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

describe.skipIf(skipsWithout())('an inventory instead of the servers of fleetmark.yaml', () => {
  let fleet: Fleet;
  const started: Running[] = [];
  const start = (...given: Parameters<typeof startFleetmark>): Running => {
    const running = startFleetmark(...given);
    started.push(running);
    return running;
  };
  beforeAll(async () => {
    fleet = await startFleet(2);
    fleet.configure({
      benchmarks: { burn: scoreCommand('echo score: 7') },
      expect: { 'burn.score': { min: 5 } },
    });
  });
  afterAll(async () => {
    for (const { process } of started) process.kill('SIGKILL');
    await Promise.all(started.map(({ ended }) => ended));
    await fleet?.stop();
  });

  const variables = (serverId: string) => ({ ansible_host: fleet.addressOf(serverId), ansible_port: fleet.sshd.port });

  test('from standard input is read once, and supports selections', async () => {
    const hostvars = { 'app-1': variables('web-1'), 'db-1': variables('web-2') };
    const listed = { _meta: { hostvars }, app: { hosts: ['app-1'] }, db: { hosts: ['db-1'] } };
    const args = ['run', '-i', '-', '--limit', '@db', '--json'];
    const { stdout, stderr, exitCode } = await start(fleet.folder, args, {}, JSON.stringify(listed)).ended;
    expect(exitCode, stderr).toBe(0);
    expect((JSON.parse(stdout) as FleetReport).servers).toMatchObject([{ serverId: 'db-1', verdict: 'pass' }]);
  });

  describe('that a worker was started with', () => {
    let temporal: TestWorkflowEnvironment;
    let elsewhere: string;
    beforeAll(async () => {
      temporal = await startTemporal();
      elsewhere = fleet.file('elsewhere');
      mkdirSync(`${elsewhere}/home`, { recursive: true });
    });
    afterAll(async () => temporal?.teardown());

    test('is used by remote plans and runs; --inventory on their command lines is refused', async () => {
      const { ansible_host: host, ansible_port: port } = variables('web-2');
      writeFileSync(fleet.file('hosts.ini'), `[rack]\nbox-1 ansible_host=${host} ansible_port=${port}\n`);
      const there = { TEMPORAL_ADDRESS: temporal.address };
      const worker = start(fleet.folder, ['worker', '-i', 'hosts.ini'], there);
      await worker.waitFor(/^Worker of \S*fleetmark\.yaml with the inventory hosts\.ini at /m);

      const planned = await start(elsewhere, ['plan', '--json'], there).ended;
      expect(JSON.parse(planned.stdout) as RunForecast).toMatchObject({
        servers: [{ serverId: 'box-1', groups: ['rack'] }],
      });
      const { stdout, stderr, exitCode } = await start(elsewhere, ['run', '--yes', '--json'], there).ended;
      expect(exitCode, stderr).toBe(0);
      expect((JSON.parse(stdout) as FleetReport).servers).toMatchObject([{ serverId: 'box-1', verdict: 'pass' }]);

      const refused = await start(elsewhere, ['run', '-i', 'hosts.ini'], there).ended;
      expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(/the workers use their own inventory: remove --inventory here/);
      worker.process.kill('SIGINT');
      expect((await worker.ended).exitCode).toBe(0);
    });
  });
});
