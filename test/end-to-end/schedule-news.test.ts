import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewsOfRun } from '../../src/domain/records/earlier-runs.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import type { Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startUp, type Up } from './up.ts';

describe.skipIf(skipsWithout())('a schedule', () => {
  let fleet: Fleet;
  let up: Up;
  beforeAll(async () => {
    fleet = await startFleet(3);
    configure('web-2', 'web-3');
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  /** These servers are slow in the next run. */
  const configure = (...slow: string[]): void => {
    const ends = slow.map((serverId) => fleet.addressOf(serverId).split('.')[3]).join('|');
    const command = `set -- $SSH_CONNECTION; case \${3##*.} in ${ends}) echo score: 40;; *) echo score: 80;; esac`;
    fleet.configure({ benchmarks: { cpu: scoreCommand(command) }, expect: { 'cpu.score': { min: 50 } } });
  };
  const fleetmark = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;
  const fire = async (): Promise<string> => {
    const { stdout, stderr, exitCode } = await fleetmark('schedule', 'trigger', 'nightly');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    await up.client.workflow.getHandle(stdout.trim()).result();
    return stdout.trim();
  };

  test('fires three times, and the report of the third begins with what changed since the second', async () => {
    expect((await fleetmark('schedule', 'create', 'nightly', '--cron', '0 2 * * *')).exitCode).toBe(0);
    await fire();
    const second = await fire();
    configure('web-1', 'web-2');
    const third = await fire();
    const { stdout, stderr } = await fleetmark('report', 'nightly');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^This is ${third}, started .*\\.$`)),
      expect.stringMatching(new RegExp(`^since ${second} \\(.*\\):$`)),
      'newly failed (1):',
      '  web-1 cpu.score 40 of >= 50 points (80 %)',
      'recovered (1): web-3',
      'still failing (1): web-2 for 3 runs',
      ...['', ''],
    ]);
    expect(stdout).toMatch(/^3 servers in .*: 1 pass, 2 fail, 0 error\n/);
    const news = JSON.parse((await fleetmark('report', third, '--since-last', '--json')).stdout) as NewsOfRun;
    expect(news).toMatchObject({ run: third, previous: { run: second }, newlyFailed: ['web-1'], missing: [] });
    const history = await fleetmark('history', 'web-2');
    expect(history.stdout).toMatch(/^web-2: 3 runs, 3 fail\n/);
  });
});
