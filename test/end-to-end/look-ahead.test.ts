import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { eventually } from '../support/processes.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { readConnections } from './sshd-connections.ts';

describe.skipIf(skipsWithout())('a run with one place', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(3);
  });
  afterAll(async () => fleet?.stop());

  test('connects to the next server while one is measured, and measures only one at a time', async () => {
    const [go, busy] = [fleet.file('go'), fleet.file('busy')];
    const alone = `mkdir ${busy} && echo score: 80 && rmdir ${busy}`;
    fleet.configure({
      maxParallel: 1,
      benchmarks: {
        cpu: scoreCommand(alone),
        gpu: scoreCommand(`touch ${go}.seen; until [ -e ${go} ]; do sleep 0.1; done; ${alone}`),
      },
    });
    const running = fleet.run();
    await eventually(() => existsSync(`${go}.seen`), Boolean);
    const connected = (): string[] => readConnections(fleet.sshd.log()).map(({ server }) => server);
    const address = (serverId: string): string => fleet.addressOf(serverId);
    await eventually(connected, (servers) => servers.includes(address('web-2')));
    expect(connected()).toEqual([address('web-1'), address('web-2')]);
    writeFileSync(go, '');

    const { report } = await running;
    expect(report.counts).toMatchObject({ measured: 3 });
    expect(connected()).toEqual(fleet.serverIds.map(address));
    const steps = fleet
      .log()
      .filter(({ msg, activityType }) => msg === 'Activity started' && activityType !== undefined);
    const ofThird = steps.filter(({ serverId }) => serverId === 'web-3').map(({ activityType }) => activityType);
    expect(ofThird).toEqual(['prepareServer', 'benchmarkCommand', 'benchmarkCommand', 'releaseServer', 'recordServer']);
  });
});
